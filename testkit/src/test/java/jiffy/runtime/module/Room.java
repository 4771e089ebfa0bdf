package jiffy.runtime.module;

import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import jiffy.kernel.Current;
import jiffy.kernel.FileOps;
import jiffy.kernel.HrtimerOps;
import jiffy.kernel.InterruptOps;
import jiffy.kernel.IrqOps;
import jiffy.kernel.Kernel;
import jiffy.kernel.LockOps;
import jiffy.kernel.LogOps;
import jiffy.kernel.MemoryOps;
import jiffy.kernel.ModuleOps;
import jiffy.kernel.Owner;
import jiffy.kernel.ReportOps;
import jiffy.kernel.RwLockOps;
import jiffy.kernel.SleepLockOps;
import jiffy.kernel.SoftirqOps;
import jiffy.kernel.TaskOps;
import jiffy.kernel.TaskletOps;
import jiffy.kernel.TimerOps;
import jiffy.kernel.WorkOps;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.Owned;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.runtime.sched.Tasks;
import jiffy.testkit.ModuleJar;
import jiffy.types.SpinlockT;
import jiffy.types.TimerFunction;
import jiffy.types.TimerList;

/**
 * A kernel with a module room and, for the rest, fakes: timers that never fire, a log in a list.
 */
final class Room implements AutoCloseable {
  private static final long STEP_NANOS = 1_000_000L;

  /** Every record, as {@code level text}: the room's and the modules'. */
  final List<String> log = new CopyOnWriteArrayList<>();

  /** The loaders of the modules whose printk was seen. */
  final List<WeakReference<ClassLoader>> loaders = new CopyOnWriteArrayList<>();

  final Arch arch;
  final Contexts contexts;
  final Tasks tasks;
  final Modules modules;
  final Path dir;
  final FakeTimers timers = new FakeTimers();
  private final Map<String, Runnable> onPrint = new ConcurrentHashMap<>();

  Room(Arch arch, Path dir) {
    this(arch, dir, Map.of());
  }

  Room(Arch arch, Path dir, Map<String, List<String>> parameters) {
    this.arch = arch;
    this.dir = dir;
    contexts = new Contexts(arch, 2);
    tasks = new Tasks(arch, contexts);
    Kernel kernel =
        new Kernel(
            "test",
            250,
            timers,
            unused(HrtimerOps.class),
            new NoLocks(),
            unused(RwLockOps.class),
            idle(SleepLockOps.class),
            new FakeLog(),
            unused(ReportOps.class),
            unused(TaskOps.class),
            unused(FileOps.class),
            new InterruptOps(
                unused(SoftirqOps.class), unused(TaskletOps.class), unused(IrqOps.class)),
            unused(WorkOps.class),
            unused(MemoryOps.class),
            unused(ModuleOps.class));
    contexts.bind(kernel);
    ModuleSettings settings =
        new ModuleSettings(dir.resolve("cache"), parameters, "0.1.0", 200_000_000L);
    modules = new Modules(arch, contexts, tasks, kernel, this::record, settings, List.of(timers));
  }

  /** A subsystem that no test of this room uses. */
  private static <T> T unused(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException(method.getName());
            }));
  }

  /** Locks that nobody contends for: each is had at once. */
  private static <T> T idle(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                method.getReturnType() == boolean.class
                    ? true
                    : method.getReturnType() == int.class ? 0 : null));
  }

  private void record(int level, String text) {
    log.add(level + " " + text);
  }

  /** What happens when a module prints that text, on its thread, before it goes on. */
  void onPrint(String text, Runnable action) {
    onPrint.put(text, action);
  }

  /** Writes a JAR into the directory. */
  Path jar(String file, String... sources) {
    return ModuleJar.of(sources).writeTo(dir.resolve(file));
  }

  /** From the test's own thread, attached. */
  int insmod(Path jar, String... words) {
    try (Attachment here = tasks.attach("test")) {
      return modules.insmod(here.context(), jar, List.of(words));
    }
  }

  int rmmod(String name) {
    try (Attachment here = tasks.attach("test")) {
      return modules.rmmod(here.context(), name, false);
    }
  }

  int rmmodForce(String name) {
    try (Attachment here = tasks.attach("test")) {
      return modules.rmmod(here.context(), name, true);
    }
  }

  /** On a task of its own, such as insmod/PID is. */
  Task start(String comm, ToIntFunction<Context> body) {
    return tasks.spawn(comm, Owner.CORE, () -> body.applyAsInt((Context) Current.get()));
  }

  Task startInsmod(Path jar, String... words) {
    return start("insmod", context -> modules.insmod(context, jar, List.of(words)));
  }

  Task startRmmod(String name) {
    return start("rmmod", context -> modules.rmmod(context, name, false));
  }

  /** Lets time pass until that holds; the test's timeout ends it. */
  void until(BooleanSupplier condition) {
    try (Attachment here = tasks.attach("test")) {
      do {
        here.context().park(arch.now() + STEP_NANOS);
      } while (!condition.getAsBoolean());
    }
  }

  /** Where a module's hook stands still until it is let go. */
  final class Halt {
    volatile boolean reached;
    volatile boolean released;

    void here() {
      Context self = (Context) Current.get();
      reached = true;
      while (!released) {
        self.park(arch.now() + STEP_NANOS);
      }
    }

    void awaitReached() {
      until(() -> reached);
    }
  }

  /** Waits for a task's end. @return what it returned */
  int join(Task task) {
    try (Attachment here = tasks.attach("test")) {
      task.join(here.context());
    }
    if (task.failure() != null) {
      throw new AssertionError(task.failure());
    }
    return task.exitValue();
  }

  /** The log without the lines that every first module causes. */
  List<String> logWithoutTaint() {
    return log.stream().filter(line -> !line.contains("taint")).toList();
  }

  @Override
  public void close() {
    modules.close();
    arch.close();
  }

  /** Holds armed timers, and with them the modules' classes, until they are released. */
  static final class FakeTimers implements TimerOps, Owned {
    private final List<TimerList> armed = new CopyOnWriteArrayList<>();

    @Override
    public long jiffies(Current current) {
      return 0;
    }

    @Override
    public void setup(
        Current current, TimerList timer, TimerFunction function, Object data, int flags) {
      timer.function = function;
      timer.__origin = new Origins().of((Context) current, function);
    }

    @Override
    public void add(Current current, TimerList timer) {
      if (!timer.__origin.owner.isGoing()) {
        armed.add(timer);
      }
    }

    @Override
    public int mod(Current current, TimerList timer, long expiresJiffies) {
      add(current, timer);
      return 0;
    }

    @Override
    public int modPending(Current current, TimerList timer, long expiresJiffies) {
      return armed.contains(timer) ? 1 : 0;
    }

    @Override
    public int reduce(Current current, TimerList timer, long expiresJiffies) {
      return mod(current, timer, expiresJiffies);
    }

    @Override
    public void addOn(Current current, TimerList timer, int cpu) {
      add(current, timer);
    }

    @Override
    public void setSlack(Current current, TimerList timer, int slackJiffies) {
      // time does not pass here
    }

    @Override
    public int delete(Current current, TimerList timer, boolean shutdown) {
      return armed.remove(timer) ? 1 : 0;
    }

    @Override
    public int tryDelete(Current current, TimerList timer) {
      return delete(current, timer, false);
    }

    @Override
    public int deleteSync(Current current, TimerList timer, boolean shutdown) {
      return delete(current, timer, shutdown);
    }

    @Override
    public String kind() {
      return "timer";
    }

    @Override
    public List<String> heldBy(Owner owner) {
      return armed.stream()
          .filter(timer -> timer.__origin.owner == owner)
          .map(timer -> timer.__origin.toString())
          .toList();
    }

    @Override
    public int release(Context caller, Owner owner) {
      List<TimerList> mine = new ArrayList<>(armed);
      mine.removeIf(timer -> timer.__origin.owner != owner);
      armed.removeAll(mine);
      return mine.size();
    }
  }

  private static final class NoLocks implements LockOps {
    @Override
    public void init(Current current, SpinlockT lock) {}

    @Override
    public void lock(Current current, SpinlockT lock) {}

    @Override
    public boolean tryLock(Current current, SpinlockT lock) {
      return true;
    }

    @Override
    public void unlock(Current current, SpinlockT lock) {}
  }

  private final class FakeLog implements LogOps {
    @Override
    public String format(String format, Object[] arguments) {
      return format;
    }

    @Override
    public int printk(
        Current current,
        int level,
        String format,
        int shape,
        long a,
        long b,
        long c,
        Object x,
        Object y,
        Object z) {
      long[] numbers = {a, b, c};
      Object[] objects = {x, y, z};
      Object[] arguments = new Object[shape & 3];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = (shape & OBJECT << i) != 0 ? objects[i] : (Object) numbers[i];
      }
      return printk(current, level, format, arguments);
    }

    @Override
    public int printk(Current current, int level, String format, Object[] arguments) {
      String text = String.format(Locale.ROOT, format, arguments).strip();
      log.add("6 " + text);
      loaders.add(new WeakReference<>(Thread.currentThread().getContextClassLoader()));
      Runnable action = onPrint.get(text);
      if (action != null) {
        action.run();
      }
      return text.length();
    }
  }
}
