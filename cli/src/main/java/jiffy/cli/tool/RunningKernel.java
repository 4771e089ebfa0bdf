package jiffy.cli.tool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import jiffy.cli.dmesg.record.KernelLogControl;
import jiffy.cli.dmesg.record.RecordSource;

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
   * @param users who else holds it, one a phrase: {@code open file /proc/kt by cat/97}, {@code 2
   *     references of its own}
   * @param initstate as {@code /sys/module/NAME/initstate} reads: {@code live} once its init has
   *     returned
   */
  record Module(
      String name,
      long size,
      int references,
      List<String> holders,
      List<String> users,
      String initstate) {
    /** A live one. */
    public Module(
        String name, long size, int references, List<String> holders, List<String> users) {
      this(name, size, references, holders, users, "live");
    }

    /** A live one that nobody else holds. */
    public Module(String name, long size, int references, List<String> holders) {
      this(name, size, references, holders, List.of());
    }

    /** Whether it can be used: neither on its way in or out nor given up. */
    public boolean isLive() {
      return initstate.equals("live");
    }
  }

  /** Where a reading of the log begins. */
  enum From {
    /** The first after {@code dmesg --clear}. */
    CLEAR_MARK,
    /** After the newest. */
    NEWEST
  }

  /** Loads a module; returns when its init has. */
  default int insmod(Path file, List<String> parameters) {
    return insmod(file, parameters, 0);
  }

  /** Of {@link #insmod(Path, List, int)}: the version of a symbol need not be the right one. */
  int MODULE_INIT_IGNORE_MODVERSIONS = 1;

  /** Of {@link #insmod(Path, List, int)}: built for another kernel, but load it. */
  int MODULE_INIT_IGNORE_VERMAGIC = 2;

  /**
   * {@code finit_module}: as above.
   *
   * @param flags an or of MODULE_INIT_IGNORE_ bits, which taint the kernel; with any of them the
   *     module takes the name of one whose init or exit was given up
   */
  int insmod(Path file, List<String> parameters, int flags);

  /** Unloads a module; returns when its exit has. */
  int rmmod(String name, boolean force);

  /** Raises an interrupt line, as a device would. */
  int raiseIrq(int irq);

  /** What is loaded, newest first. */
  List<Module> modules();

  /** The module of that name, as the kernel writes it. */
  default Optional<Module> module(String name) {
    return modules().stream().filter(each -> each.name().equals(name)).findFirst();
  }

  /** The names of those that are live. */
  default Set<String> live() {
    return modules().stream().filter(Module::isLive).map(Module::name).collect(Collectors.toSet());
  }

  /** Whether a module has an init and no exit: {@code /proc/modules} says so. */
  default boolean isPermanent(String name) {
    String table = read("/proc/modules");
    return table != null
        && table
            .lines()
            .anyMatch(line -> line.startsWith(name + " ") && line.contains("[permanent],"));
  }

  /** One of the kernel's own files of /proc or /sys as text, null if there is none of that name. */
  String read(String file);

  /** Takes what is read, piece by piece. */
  @FunctionalInterface
  interface Sink {
    /** The first {@code length} bytes are the next of the file. */
    void take(byte[] bytes, int length) throws Invocation.GoneException;
  }

  /**
   * Reads a file of /proc, /sys or /dev to its end, which some never have.
   *
   * @param user a file that makes its reader sleep lets go of it when the user hangs up
   * @return 0, or a negative errno: -ENOENT if there is none of that name
   */
  int read(String file, HangUp user, Sink sink) throws Invocation.GoneException;

  /**
   * What became of a write.
   *
   * @param isOpened whether there was a file that could be opened for it
   * @param error 0, or a negative errno: why not, or what the last write returned
   * @param bytes how many it took
   */
  record Written(boolean isOpened, int error, int bytes) {}

  /**
   * Opens a file of /proc, /sys or /dev, writes the text, in several pieces if the file takes it
   * so, until it takes nothing any more, and closes it.
   *
   * @param user as for {@link #read(String, HangUp, Sink)}
   */
  Written write(String file, HangUp user, byte[] text);

  /**
   * What is in a directory.
   *
   * @param name without the directory's
   * @param mode who may open it for what
   */
  record DirectoryEntry(String name, boolean isDirectory, int mode) {}

  /** What is in a directory, sorted by name; null if there is no such directory. */
  List<DirectoryEntry> directory(String path);

  /** The names of all such files. */
  List<String> files();

  /**
   * Opens a reading of the log, which ends early when the user hangs up.
   *
   * @throws IOException if this user may not read it ({@code dmesg_restrict}); the message is the
   *     reason alone, in the words of strerror
   */
  RecordSource.Reading log(From from, HangUp user) throws IOException;

  /** Wall time at boot, microseconds since 1970. */
  long bootEpochMicros();

  /** What {@code dmesg -C}, {@code -D}, {@code -E} and {@code -n} do. */
  KernelLogControl logControl();

  /**
   * Puts a line into the log, as syslog(3) would, at the level that it names itself: {@code <4>} in
   * front, or a tool's {@code rmmod: NOTICE:}; else as an error.
   */
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
