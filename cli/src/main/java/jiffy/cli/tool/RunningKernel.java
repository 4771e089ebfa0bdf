package jiffy.cli.tool;

import java.nio.file.Path;
import java.util.List;
import jiffy.cli.dmesg.KernelLogControl;
import jiffy.cli.dmesg.RecordSource;

/**
 * What the tools ask of a kernel; called on one of its tasks. Results that can fail are Linux's: 0,
 * or a negative errno.
 */
public interface RunningKernel {
  /**
   * A line of lsmod.
   *
   * @param name module name
   * @param size bytes it takes
   * @param references how often it is used; -1 while it is being unloaded
   * @param holders the modules that use it
   */
  record Module(String name, long size, int references, List<String> holders) {}

  /** Where a reading of the log begins. */
  enum From {
    /** The oldest record that is still there. */
    OLDEST,
    /** The first after {@code dmesg --clear}. */
    CLEAR_MARK,
    /** After the newest. */
    NEWEST
  }

  /** Loads a module; returns when its init has. */
  int insmod(Path file, List<String> parameters);

  /** Unloads a module; returns when its exit has. */
  int rmmod(String name, boolean force);

  /** Raises an interrupt line, as a device would. */
  int raiseIrq(int irq);

  /** What is loaded, newest first. */
  List<Module> modules();

  /** A file of /proc or /sys as text, null if there is none of that name. */
  String read(String file);

  /** The names of all such files. */
  List<String> files();

  /** Opens a reading of the log, which ends early when the user hangs up. */
  RecordSource.Reading log(From from, HangUp user);

  /** Wall time at boot, microseconds since 1970. */
  long bootEpochMicros();

  /** What {@code dmesg -C}, {@code -D}, {@code -E} and {@code -n} do. */
  KernelLogControl logControl();

  /** Puts a line into the log, as syslog(3) would. */
  void syslog(String line);

  /** The kernel's command line. */
  String commandLine();

  /** Timer interrupts a second, as the kernel pretends. */
  int hz();

  /** Simulated CPUs. */
  int cpus();

  /** Asks for an orderly stop, which goes on after the return. */
  void halt();
}
