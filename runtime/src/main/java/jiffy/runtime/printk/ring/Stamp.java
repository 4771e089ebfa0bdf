package jiffy.runtime.printk.ring;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jiffy.kernel.Owner;

/**
 * What a record says besides its text: when it was printed, by whom, on whose behalf, about which
 * device; of a raw record, the numbers that its text is made of when it is read. Filled anew for
 * each record; belongs to one thread.
 */
public final class Stamp {
  /*
   * The names are bytes in front of the record's text, the tags; this is how long each is, with the task
   * and the CPU:
   *
   *   origin:  | pid 32 | cpu 16 | module 6 | subsystem 4 | device 6 |
   */
  static final int PID_SHIFT = 32;
  static final int CPU_SHIFT = 16;
  static final int MODULE_SHIFT = 10;
  static final int SUBSYSTEM_SHIFT = 6;

  private static final int ARGUMENTS_SHIFT = 32;

  /** Longest names in bytes; what is longer is cut. Linux's are 55, 15 and 47. */
  static final int MODULE_MAX = 63;

  static final int SUBSYSTEM_MAX = 15;
  static final int DEVICE_MAX = 63;

  private static final byte[] NONE = {};

  long nanos;
  long wallNanos;
  int callerId;
  long origin;

  /** Valid up to {@link #tagBytes}. */
  byte[] tags = NONE;

  int tagBytes;

  /** Of a raw record: its format's number, and above that how many arguments it takes. */
  long format;

  /** The arguments. */
  long a;

  long b;
  long c;

  private Owner owner = Owner.CORE;
  private byte[] module = NONE;
  private byte[] scratch = NONE;
  private boolean hasDevice;

  /** Of nobody, at time 0. */
  public Stamp() {}

  /**
   * Everything but the device.
   *
   * @param nanos since boot
   * @param wallNanos since 1970
   * @param callerId see {@link LogRecord#callerId()}
   * @param pid of the task
   * @param cpu where it runs
   * @param owner on whose behalf
   */
  public void set(long nanos, long wallNanos, int callerId, int pid, int cpu, Owner owner) {
    this.nanos = nanos;
    this.wallNanos = wallNanos;
    this.callerId = callerId;
    if (this.owner != owner || hasDevice) { // references are stored only if they change
      this.module = owner == Owner.CORE ? NONE : bytes(owner.name, MODULE_MAX);
      this.owner = owner;
      this.tags = module;
      this.hasDevice = false;
    }
    this.tagBytes = module.length;
    this.origin =
        (long) pid << PID_SHIFT
            | (long) (cpu & 0xffff) << CPU_SHIFT
            | module.length << MODULE_SHIFT;
  }

  /** Who prints, see {@link LogRecord#callerId()}. */
  public int callerId() {
    return callerId;
  }

  /** Adds dev_printk's dictionary, after {@link #set}. */
  public void setDevice(String subsystem, String device) {
    byte[] subsystemBytes = bytes(subsystem, SUBSYSTEM_MAX);
    byte[] deviceBytes = bytes(device, DEVICE_MAX);
    if (scratch.length == 0) {
      scratch = new byte[LogRecord.TAGS_MAX];
    }
    int at = module.length;
    System.arraycopy(module, 0, scratch, 0, at);
    System.arraycopy(subsystemBytes, 0, scratch, at, subsystemBytes.length);
    at += subsystemBytes.length;
    System.arraycopy(deviceBytes, 0, scratch, at, deviceBytes.length);
    hasDevice = true;
    tags = scratch;
    tagBytes = at + deviceBytes.length;
    origin |= subsystemBytes.length << SUBSYSTEM_SHIFT | deviceBytes.length;
  }

  /** What a raw record is made of, in place of a text. */
  public void setNumbers(int number, int arguments, long a, long b, long c) {
    this.format = (long) arguments << ARGUMENTS_SHIFT | number;
    this.a = a;
    this.b = b;
    this.c = c;
  }

  /** The number in {@link #format}. */
  static int numberOf(long format) {
    return (int) format;
  }

  /** How many of the arguments found no place in the descriptor, which has one: 0 to 2. */
  static int furtherArgumentsOf(long format) {
    return Math.max(0, ((int) (format >>> ARGUMENTS_SHIFT) & 3) - 1);
  }

  /** Cut at a character's border. */
  private static byte[] bytes(String name, int max) {
    byte[] all = name.getBytes(StandardCharsets.UTF_8);
    int end = Math.min(all.length, max);
    while (end < all.length && end > 0 && (all[end] & 0xc0) == 0x80) {
      end--;
    }
    return end == all.length ? all : Arrays.copyOf(all, end);
  }
}
