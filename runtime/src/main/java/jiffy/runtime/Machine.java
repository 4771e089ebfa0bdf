package jiffy.runtime;

import com.google.common.base.Ticker;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.kernel.FileOps;
import jiffy.kernel.HrtimerOps;
import jiffy.kernel.InterruptOps;
import jiffy.kernel.IrqOps;
import jiffy.kernel.Kernel;
import jiffy.kernel.LockOps;
import jiffy.kernel.MemoryOps;
import jiffy.kernel.ModuleOps;
import jiffy.kernel.RwLockOps;
import jiffy.kernel.SleepLockOps;
import jiffy.kernel.SoftirqOps;
import jiffy.kernel.TaskOps;
import jiffy.kernel.TaskletOps;
import jiffy.kernel.TimerOps;
import jiffy.kernel.WorkOps;
import jiffy.runtime.adapter.Adapters;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HostArch;
import jiffy.runtime.arch.SchedulePolicy;
import jiffy.runtime.arch.SimArch;
import jiffy.runtime.arch.SimThreads;
import jiffy.runtime.context.Addresses;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.Splat;
import jiffy.runtime.irq.Interrupts;
import jiffy.runtime.irq.IrqLines;
import jiffy.runtime.irq.ModuleSoftirqs;
import jiffy.runtime.irq.Softirqs;
import jiffy.runtime.irq.Tasklets;
import jiffy.runtime.locking.Locks;
import jiffy.runtime.locking.RwLocks;
import jiffy.runtime.mm.Memory;
import jiffy.runtime.module.ModuleSettings;
import jiffy.runtime.module.Modules;
import jiffy.runtime.module.weave.Weaver;
import jiffy.runtime.printk.Log;
import jiffy.runtime.printk.PrintkSettings;
import jiffy.runtime.printk.console.LogCapture;
import jiffy.runtime.proc.ModuleFiles;
import jiffy.runtime.proc.ProcTree;
import jiffy.runtime.proc.dev.Kmsg;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Kthreads;
import jiffy.runtime.sched.Scheduler;
import jiffy.runtime.sched.SleepLocks;
import jiffy.runtime.sched.Tasks;
import jiffy.runtime.time.Hrtimers;
import jiffy.runtime.time.JiffiesClock;
import jiffy.runtime.time.Timekeeping;
import jiffy.runtime.time.Timeouts;
import jiffy.runtime.workqueue.Workqueues;

/**
 * A kernel with everything it needs, in this JVM. Several may run side by side.
 *
 * <pre>{@code
 * try (Machine machine = Machine.boot("hz=250 kt.interval=3")) {
 *   machine.insmod(Path.of("kt.jar"));
 *   ...
 *   machine.dmesg().forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>Thread safe. Nothing here calls System.exit, writes to the terminal, or is static; closing
 * ends all threads that return.
 */
public final class Machine implements AutoCloseable {
  private static final long SECOND = 1_000_000_000L;

  private final BootParameters parameters;
  private final Arch arch;
  private final JiffiesClock clock;
  private final Contexts contexts;
  private final BootLog bootLog;
  private final Log log;
  private final PrintkSettings printkSettings;
  private final KernelPrintk printk;
  private final Softirqs softirqs;
  private final Interrupts interrupts;
  private final Tasklets tasklets;
  private final IrqLines irqs;
  private final Timekeeping timekeeping;
  private final Hrtimers hrtimers;
  private final Tasks tasks;
  private final Workqueues works;
  private final Kernel kernel;
  private final Scheduler scheduler;
  private final Adapters adapters;
  private final ModuleFiles files;
  private final ProcTree proc;
  private final Kmsg kmsg;
  private final Path cache;
  private final Modules modules;
  private final List<LogCapture> captures = new CopyOnWriteArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  private Machine(BootParameters parameters, Arch arch, Path cache, Weaver weaver) {
    this.parameters = parameters;
    this.arch = arch;
    this.clock = new JiffiesClock(arch, parameters.hz());
    this.contexts = new Contexts(arch, parameters.nrCpus());
    Addresses addresses = new Addresses();
    this.bootLog =
        new BootLog(parameters, arch, new KernelSymbols(addresses), new LogStamper(arch, clock));
    this.log = bootLog.log;
    this.printkSettings = new PrintkSettings(parameters.hz(), parameters.devKmsg());
    this.printk = new KernelPrintk(log);
    Locks locks = new Locks(arch, contexts, addresses, printk);
    this.softirqs = new Softirqs(arch, contexts, printk);
    this.interrupts = new Interrupts(arch, contexts, parameters.hrtimerSpinNanos(), printk);
    Origins origins = new Origins();
    this.timekeeping =
        new Timekeeping(arch, clock, parameters.timerWheel(), contexts, origins, softirqs, printk);
    this.hrtimers =
        new Hrtimers(
            arch, clock, contexts, origins, softirqs, interrupts, parameters.highres(), printk);
    this.tasklets = new Tasklets(arch, contexts, origins, softirqs, printk);
    this.irqs = new IrqLines(arch, contexts, origins, interrupts, softirqs, printk);
    ModuleSoftirqs moduleSoftirqs = new ModuleSoftirqs(arch, contexts, origins, softirqs, printk);
    this.tasks = new Tasks(arch, contexts);
    Splat splat = new Splat(arch, printk, Version.JIFFY);
    this.scheduler = new Scheduler(arch, splat);
    scheduler.onHandlerSleep(
        new SleepingHandlers(timekeeping, hrtimers, tasklets, softirqs, interrupts)::leaveCpu);
    Kthreads kthreads = new Kthreads(arch, contexts, tasks, scheduler, origins, printk);
    Timeouts timeouts = new Timeouts(arch, timekeeping, scheduler, printk, splat);
    this.works =
        new Workqueues(arch, contexts, timekeeping, tasks, scheduler, origins, printk, splat);
    this.adapters = new Adapters(arch, clock, contexts, origins, tasks, scheduler, printk);
    LinkedModules linked = new LinkedModules();
    this.files = new ModuleFiles(arch, origins, scheduler, printk, splat, linked);
    this.proc = new ProcTree(files);
    this.kmsg =
        new Kmsg(arch, scheduler, clock, log, printkSettings, parameters.printkCaller(), printk);
    proc.register(kmsg);
    RwLocks rwlocks = new RwLocks(arch, contexts, addresses, printk);
    SleepLocks sleepLocks = new SleepLocks(contexts, scheduler, addresses, splat, printk);
    KernelTasks taskOps = new KernelTasks(contexts, scheduler, timeouts, kthreads, splat);
    Memory memory =
        new Memory(
            arch,
            printk,
            splat,
            parameters.failslab(),
            TrackedStructs.of(timekeeping, hrtimers, tasklets, works));
    this.kernel =
        new Kernel(
            parameters.name(),
            parameters.hz(),
            ChoicePoints.before(arch, TimerOps.class, timekeeping),
            ChoicePoints.before(arch, HrtimerOps.class, hrtimers),
            ChoicePoints.before(arch, LockOps.class, locks),
            ChoicePoints.before(arch, RwLockOps.class, rwlocks),
            ChoicePoints.before(arch, SleepLockOps.class, sleepLocks),
            printk, // never gives way
            new KernelReports(printk, printkSettings, clock, splat), // nor do these
            ChoicePoints.before(arch, TaskOps.class, taskOps),
            ChoicePoints.before(arch, FileOps.class, files),
            new InterruptOps(
                ChoicePoints.before(arch, SoftirqOps.class, moduleSoftirqs),
                ChoicePoints.before(arch, TaskletOps.class, tasklets),
                ChoicePoints.before(arch, IrqOps.class, irqs)),
            ChoicePoints.before(arch, WorkOps.class, works),
            ChoicePoints.before(arch, MemoryOps.class, memory),
            ChoicePoints.before(arch, ModuleOps.class, linked));
    contexts.bind(kernel);
    this.cache = cache;
    this.modules =
        new Modules(
            arch,
            contexts,
            tasks,
            kernel,
            printk,
            new ModuleSettings(
                cache,
                parameters.moduleWords(),
                Version.JIFFY,
                parameters.initTimeoutSecs() * SECOND,
                exitTimeoutNanos(parameters, arch),
                Optional.ofNullable(weaver),
                parameters.exposed()),
            List.of(
                files,
                irqs,
                kthreads,
                adapters.books(),
                works.books(),
                timekeeping.books(),
                hrtimers.books(),
                moduleSoftirqs,
                tasklets.books()));
    linked.bind(modules);
    splat.bind(modules::tainted, modules.taint()::add, linked::linkedIn);
    proc.register(modules.files());
    KernelFiles.register(
        proc, parameters, clock, softirqs, irqs, modules, log.levels(), printkSettings);
    printk.printBanner(parameters);
    bootLog.remark(printk);
  }

  /** While schedules are explored, who waits for ever is found at once, and not given up. */
  private static long exitTimeoutNanos(BootParameters parameters, Arch arch) {
    long usual = arch.hasChoicePoints() ? 0 : ModuleSettings.DEFAULT_EXIT_TIMEOUT_NANOS;
    return parameters.exitTimeoutSecs().map(seconds -> seconds * SECOND).orElse(usual);
  }

  /**
   * Boots a kernel on the host's clock and threads. It keeps its copies of JARs in a temporary
   * directory, which goes when it is closed.
   *
   * @param commandLine see {@link BootParameters}; may be empty
   * @throws IllegalArgumentException if a parameter has a value it cannot take
   */
  public static Machine boot(String commandLine) {
    return boot(commandLine, JarCopies.temporaryDirectory());
  }

  /**
   * As {@link #boot(String)}, with a place for the copies of JARs.
   *
   * @param cache a directory of this kernel's alone; what is in it is deleted
   */
  public static Machine boot(String commandLine, Path cache) {
    return new Machine(BootParameters.parse(commandLine), new HostArch(), cache, null);
  }

  /** Boots a kernel on virtual time; {@link #simulation} moves it. Otherwise as {@link #boot}. */
  public static Machine simulate(String commandLine) {
    return new Machine(
        BootParameters.parse(commandLine), new SimArch(), JarCopies.temporaryName(), null);
  }

  /**
   * As {@link #simulate(String)}, where the policy decides who runs when: each kernel call, and in
   * modules each access to a field that is not final or to an element of an array, is a point of
   * choice. The JVM's locks are not: within {@code synchronized} and in class initializers nobody
   * is preempted.
   */
  public static Machine simulate(String commandLine, SchedulePolicy policy) {
    return simulate(commandLine, policy, new Weaver());
  }

  /**
   * As above, for many machines that load the same modules one after the other, or at once.
   *
   * @param weaver remembers the modules' woven classes from one machine to the next
   */
  public static Machine simulate(String commandLine, SchedulePolicy policy, Weaver weaver) {
    return new Machine(
        BootParameters.parse(commandLine),
        new SimArch(policy),
        JarCopies.temporaryName(),
        Objects.requireNonNull(weaver));
  }

  /**
   * As above, for many short-lived machines, one after the other.
   *
   * @param threads that they run on; stay open when a machine is closed
   */
  public static Machine simulate(
      String commandLine, SchedulePolicy policy, Weaver weaver, SimThreads threads) {
    return new Machine(
        BootParameters.parse(commandLine),
        new SimArch(policy, threads),
        JarCopies.temporaryName(),
        Objects.requireNonNull(weaver));
  }

  /** The kernel as the API's functions see it. */
  public Kernel kernel() {
    return kernel;
  }

  /** The command line it was booted with. */
  public BootParameters parameters() {
    return parameters;
  }

  /** The log: ring, levels, readers. */
  public Log log() {
    return log;
  }

  /** Rate limits, /dev/kmsg, who may read the log. */
  public PrintkSettings printkSettings() {
    return printkSettings;
  }

  /** Jiffies and timers. */
  public Timekeeping timekeeping() {
    return timekeeping;
  }

  /** High-resolution timers and clocks. */
  public Hrtimers hrtimers() {
    return hrtimers;
  }

  /** Softirqs and their threads. */
  public Softirqs softirqs() {
    return softirqs;
  }

  /** Hard interrupts and their threads. */
  public Interrupts interrupts() {
    return interrupts;
  }

  /** Tasklets. */
  public Tasklets tasklets() {
    return tasklets;
  }

  /** Interrupt lines. */
  public IrqLines irqs() {
    return irqs;
  }

  /**
   * Interrupts the machine, as a device on the line would; any thread. The handlers run on the
   * line's CPU, {@code irq % nr_cpus}, soon; an interrupt that comes before they have begun is one
   * with it.
   *
   * @param irq a line that somebody has requested
   * @throws IllegalArgumentException if there is no such line
   * @throws IllegalStateException if nobody has requested it
   */
  public void raiseIrq(int irq) {
    try (Attachment here = attach("irq")) {
      irqs.raiseOrThrow(here.context(), irq);
    }
  }

  /** Sleeping and waking; signals. */
  public Scheduler sched() {
    return scheduler;
  }

  /**
   * The wall clock, in UTC, with nanoseconds; a step of it, such as {@link
   * Simulation#stepWallClock}, shows. Any thread. In a simulation many reads in a row by a task
   * cost time, so that a loop until an instant ends.
   */
  public Clock clock() {
    return adapters.clock();
  }

  /**
   * Time since boot, for what measures time spans by Guava: {@code
   * CacheBuilder.newBuilder().ticker(machine.ticker())}. Else as {@link #clock}.
   */
  public Ticker ticker() {
    return adapters.ticker();
  }

  /**
   * A new {@code ScheduledExecutorService} in this machine's time, for code that takes one and
   * never heard of Jiffy; its user shuts it down, or the machine when it closes. {@link
   * Adapters#scheduler} says what differs from the JDK's.
   *
   * @throws IllegalStateException if the machine is closed
   */
  public ScheduledExecutorService scheduler() {
    return adapters.scheduler();
  }

  /** Tasks. */
  public Tasks tasks() {
    return tasks;
  }

  /** The modules: for tools; embedders have {@link #insmod} and {@link #rmmod}. */
  public Modules modules() {
    return modules;
  }

  /**
   * Loads a module and runs its init, on the calling thread.
   *
   * @param jar the module
   * @param words parameters: {@code interval=3}
   * @throws ModuleException if it was refused or its init failed; the log says more
   */
  public void insmod(Path jar, String... words) {
    try (Attachment here = attach("insmod")) {
      int error = modules.insmod(here.context(), jar, List.of(words));
      if (error != 0) {
        throw new ModuleException("insmod", jar.toString(), error, lastMessage());
      }
    }
  }

  /**
   * Runs a module's exit, on the calling thread, and unloads it.
   *
   * @param name as {@link Modules#list} has it
   * @throws ModuleException if it is not loaded, in use, or cannot be unloaded
   */
  public void rmmod(String name) {
    try (Attachment here = attach("rmmod")) {
      int error = modules.rmmod(here.context(), name, false);
      if (error != 0) {
        throw new ModuleException("rmmod", name, error, lastMessage());
      }
    }
  }

  private String lastMessage() {
    List<String> lines = dmesg();
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  /**
   * Who keeps a module from being unloaded, but for the modules that link to it: who has a file of
   * it open, and who has taken references; one a phrase.
   */
  public List<String> usersOf(String module) {
    List<String> users =
        new ArrayList<>(modules.owner(module).map(files::openOf).orElse(List.of()));
    users.addAll(modules.takers(module));
    return users;
  }

  /** The files under /proc, /sys and /dev. */
  public ProcTree proc() {
    return proc;
  }

  /** The log as a file, {@code /dev/kmsg}, and who may read it. */
  public Kmsg kmsg() {
    return kmsg;
  }

  /**
   * Makes the calling thread a task of this kernel until the attachment is closed: kernel functions
   * may be called meanwhile.
   *
   * @param name the task's, cut to 15 characters
   */
  public Attachment attach(String name) {
    return tasks.attach(name);
  }

  /**
   * As {@link #attach(String)}, on a CPU of the caller's choice; a thread that is a task already
   * stays where it is.
   *
   * @param cpu 0 to nr_cpus - 1
   */
  public Attachment attach(String name, int cpu) {
    return tasks.attach(name, cpu);
  }

  /** Nanoseconds since boot: the clock of the log's time stamps. */
  public long uptimeNanos() {
    return clock.sinceBoot();
  }

  /** Wall-clock time of boot, in microseconds since 1970. */
  public long bootEpochMicros() {
    return (arch.wallClock() - clock.sinceBoot()) / 1_000;
  }

  /** Writes a line to the log as a user program does through /dev/kmsg: {@code <3>text}. */
  public int writeKmsg(String line) {
    return log.write(null, line);
  }

  /** A message of the host's own in the log. @param level 0 to 7 */
  public void print(int level, String text) {
    printk.print(level, text);
  }

  /**
   * From now on what libraries log by Log4j 2, SLF4J or java.util.logging gets into kernels' logs,
   * as {@code logger: message}: on a kernel's threads into that one's, in a module's code into its
   * kernel's, elsewhere in the JVM into this one's, or that of the machine that came first. {@link
   * LogCapture} tells more. Any thread that may sleep; starts Log4j.
   *
   * @return ends it when it is closed, or the machine is
   */
  public LogCapture captureLogging() {
    captures.removeIf(LogCapture::isClosed);
    LogCapture capture = LogCapture.open(printk);
    captures.add(capture);
    return capture;
  }

  /** The log as dmesg prints it, from the last clear on. */
  public List<String> dmesg() {
    return LogText.lines(log);
  }

  /** The hand on the clock; empty on the host's. */
  public Optional<Simulation> simulation() {
    return arch instanceof SimArch
        ? Optional.of(new Simulation(this, (SimArch) arch))
        : Optional.empty();
  }

  /**
   * Unloads all modules in reverse order and ends the kernel's threads, in bounded time. Once:
   * later calls do nothing.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    try {
      if (!(arch instanceof SimArch) || !((SimArch) arch).isHalted()) { // the guard may have been
        files.hangUpReaders();
        modules.close();
        try (Attachment here = attach("halt")) {
          adapters.close();
          works.stop(here.context());
        }
      }
    } finally {
      kmsg.end();
      interrupts.stop();
      softirqs.stop();
      arch.close();
      captures.forEach(LogCapture::close);
      JarCopies.delete(cache, printk);
      bootLog.close();
    }
  }
}
