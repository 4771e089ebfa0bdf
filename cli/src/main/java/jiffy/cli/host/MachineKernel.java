package jiffy.cli.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import jiffy.cli.dmesg.record.KernelLogControl;
import jiffy.cli.dmesg.record.RecordSource;
import jiffy.cli.tool.HangUp;
import jiffy.cli.tool.Invocation;
import jiffy.cli.tool.RunningKernel;
import jiffy.cli.tool.Strerror;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.linux.Errno;
import jiffy.linux.Fs;
import jiffy.runtime.Machine;
import jiffy.runtime.context.Context;
import jiffy.runtime.module.ModuleView;
import jiffy.runtime.module.drop.DropFolder;
import jiffy.runtime.printk.console.Console;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Scheduler;
import jiffy.runtime.sched.Tasks;
import org.apache.logging.log4j.LogManager;

/** A real machine: what tools see of it, its console, its drop folder. Thread safe. */
final class MachineKernel implements HostedKernel, RunningKernel {
  private static final long CONSOLE_MILLIS = 1_000;

  /** What cat(1) reads at once. */
  private static final int READ_BYTES = 1 << 17;

  private final Machine machine;
  private final Runnable halt;
  private final Set<LogReading> readings = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile DropFolder plugins;
  private volatile Console console;

  private MachineKernel(Machine machine, Runnable halt) {
    this.machine = machine;
    this.halt = halt;
  }

  static HostedKernel boot(String commandLine, Path cache, Runnable halt) {
    return new MachineKernel(Machine.boot(commandLine, cache), halt);
  }

  /** What runs already, a simulated machine for one. */
  static HostedKernel of(Machine machine) {
    return new MachineKernel(machine, () -> {});
  }

  @Override
  public RunningKernel forTools() {
    return this;
  }

  @Override
  public void spawn(String name, boolean isPrivileged, Runnable body) {
    spawn(
        machine,
        name,
        () -> {
          if (!isPrivileged) {
            Tasks.dropPrivileges(caller().task());
          }
          body.run();
        });
  }

  /** A task of the kernel's own, for a tool or the drop folder; nobody waits for it. */
  static void spawn(Machine machine, String name, Runnable body) {
    machine
        .tasks()
        .spawn(
            name,
            Owner.CORE,
            () -> {
              body.run();
              return 0;
            });
  }

  @Override
  public Optional<Path> pstore() {
    return machine.parameters().pstore();
  }

  @Override
  public void settleIn() {
    pluginFolder().ifPresent(path -> plugins = DropFolder.watch(path, new Plugins(machine)));
    machine.captureLogging();
    console =
        new Console(
            machine.log(),
            LogManager.getLogger(Console.LOGGER),
            sentence -> System.err.println("jiffy: " + sentence));
    console.start();
  }

  /** {@code plugins=DIR}, else what is beside scripts/; {@code plugins=} is none. */
  private Optional<Path> pluginFolder() {
    Optional<Path> given = machine.parameters().plugins();
    String home = System.getProperty("jiffy.home", "");
    return given.isPresent() || home.isEmpty()
        ? given.filter(path -> !path.toString().isEmpty())
        : Optional.of(Path.of(home, "plugins"));
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (plugins != null) {
      plugins.close();
    }
    machine.close();
    readings.forEach(LogReading::end);
    if (console != null) {
      console.stop(CONSOLE_MILLIS);
    }
  }

  private static Context caller() {
    return (Context) Current.get();
  }

  @Override
  public int insmod(Path file, List<String> parameters, int flags) {
    int error = machine.modules().insmod(caller(), file, parameters, flags, module -> {});
    // One whose init has failed has gone: its name was taken meanwhile.
    tellPlugins(error == 0 ? DropFolder::came : DropFolder::went);
    return error;
  }

  @Override
  public int rmmod(String name, boolean force) {
    int error = machine.modules().rmmod(caller(), name, force);
    tellPlugins(DropFolder::went);
    return error;
  }

  @Override
  public int raiseIrq(int irq) {
    return machine.irqs().raise(caller(), irq);
  }

  private void tellPlugins(Consumer<DropFolder> news) {
    DropFolder folder = plugins;
    if (folder != null) {
      news.accept(folder);
    }
  }

  @Override
  public List<Module> modules() {
    return machine.modules().list().stream().map(this::module).toList();
  }

  @Override
  public Optional<Module> module(String name) {
    return machine.modules().find(name).map(this::module);
  }

  private Module module(ModuleView view) {
    return new Module(
        view.name(),
        view.size(),
        view.refcount(),
        view.holders(),
        machine.usersOf(view.name()),
        view.state().initstate());
  }

  @Override
  public String read(String file) {
    return machine.proc().read(file).orElse(null);
  }

  /** As cat(1) does: a signal for the reader's task ends its sleep when the client has gone. */
  @Override
  public int read(String file, HangUp user, Sink sink) throws Invocation.GoneException {
    Context self = caller();
    user.onHangUp(() -> machine.sched().signal(self.task(), Scheduler.SIGKILL));
    try (OpenFile open = machine.proc().open(self, file)) {
      byte[] block = new byte[READ_BYTES];
      long got = open.error() == 0 ? open.read(self, block, READ_BYTES) : open.error();
      while (got > 0) {
        sink.take(block, (int) got);
        got = open.read(self, block, READ_BYTES);
      }
      return (int) got;
    }
  }

  /** As a shell's echo does. */
  @Override
  public Written write(String file, HangUp user, byte[] text) {
    Context self = caller();
    user.onHangUp(() -> machine.sched().signal(self.task(), Scheduler.SIGKILL));
    int done = 0;
    try (OpenFile open = machine.proc().open(self, file, Fs.O_WRONLY)) {
      if (open.error() != 0) {
        return new Written(false, open.error(), 0);
      }
      long taken = 1;
      while (done < text.length && taken > 0) {
        taken = open.write(self, text, done, text.length - done);
        done += (int) Math.max(0, taken);
      }
      return new Written(true, (int) Math.min(taken, 0), done);
    }
  }

  @Override
  public List<DirectoryEntry> directory(String path) {
    return machine
        .proc()
        .entries(path)
        .map(
            all ->
                all.stream()
                    .map(each -> new DirectoryEntry(each.name(), each.isDirectory(), each.mode()))
                    .toList())
        .orElse(null);
  }

  @Override
  public List<String> files() {
    return machine.proc().list();
  }

  @Override
  public RecordSource.Reading log(From from, HangUp user) throws IOException {
    if (!machine.kmsg().mayRead(caller())) {
      throw new IOException(Strerror.of(Errno.EPERM));
    }
    LogReader reader = machine.log().ring().reader();
    if (from == From.NEWEST) {
      reader.seekEnd();
    } else if (reader.position() < machine.log().clearSeq()) {
      reader.seek(machine.log().clearSeq());
    }
    LogReading reading =
        new LogReading(
            machine.log().ring(), reader, machine.parameters().printkCaller(), user, readings);
    if (closed.get()) {
      reading.end();
    }
    return reading;
  }

  @Override
  public long bootEpochMicros() {
    return machine.bootEpochMicros();
  }

  @Override
  public KernelLogControl logControl() {
    return new LogControl(machine.log(), Tasks.isPrivileged(caller().task()));
  }

  @Override
  public void syslog(String line) {
    machine.writeKmsg(line.startsWith("<") ? line : "<" + level(line) + ">" + line);
  }

  /** Of {@code tool: LEVEL: text}, as printk numbers levels. */
  private static int level(String line) {
    String[] parts = line.split(": ", 3);
    return switch (parts.length == 3 ? parts[1] : "") {
      case "WARNING" -> 4;
      case "NOTICE" -> 5;
      default -> 3;
    };
  }

  @Override
  public String commandLine() {
    return machine.parameters().commandLine();
  }

  @Override
  public int hz() {
    return machine.parameters().hz();
  }

  @Override
  public int cpus() {
    return machine.parameters().nrCpus();
  }

  @Override
  public void halt() {
    halt.run();
  }
}
