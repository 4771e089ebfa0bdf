package jiffy.cli.tool;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;

/** All tools, by the name they are called by. Thread safe. */
public final class Toolbox {
  private static final ModuleTrees TREES = new ModuleTrees();

  private static final Map<String, Tool> TOOLS =
      Map.ofEntries(
          Map.entry("insmod", new Insmod(TREES)),
          Map.entry("rmmod", new Rmmod(TREES)),
          Map.entry("lsmod", new Lsmod()),
          Map.entry("modprobe", new ModprobeTool(TREES)),
          Map.entry("modinfo", new ModinfoTool(TREES)),
          Map.entry("depmod", new DepmodTool(TREES.scan())),
          Map.entry("dmesg", new DmesgTool()),
          Map.entry("cat", new Cat()),
          Map.entry("write", new Write()),
          Map.entry("ls", new Ls()),
          Map.entry("irq", new Irq()),
          Map.entry("sysctl", new Sysctl()),
          Map.entry("pstore", new PstoreTool()),
          Map.entry("status", new Status()),
          Map.entry("halt", new Halt()));

  private Toolbox() {}

  /** Loads what the first command would have to wait for. */
  public static void warmUp() {
    Invocation help =
        new Invocation(
            "lsmod",
            List.of("--help"),
            Path.of("/"),
            Map.of(),
            false,
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            HangUp.NEVER,
            null,
            Path.of("/"));
    run(help);
  }

  /**
   * Runs a tool to its end. Whatever goes wrong in it becomes a line for its user: no stack trace
   * reaches a terminal.
   *
   * @return the exit status
   */
  public static int run(Invocation call) {
    Tool tool = TOOLS.get(call.command());
    try {
      if (tool == null) {
        call.err("jiffy: the running kernel has no command '" + call.command() + "'\n");
        return 1;
      }
      try {
        return tool.run(call);
      } catch (NoKernelException e) {
        call.err(tool.errorPrefix() + e.getMessage() + "\n");
        return 1;
      } catch (RuntimeException | Error e) {
        call.err(tool.errorPrefix() + "internal error: " + e + "\n");
        logStack(call, e);
        return 1;
      }
    } catch (GoneException clientGone) {
      return 1;
    }
  }

  /** The stack is for whoever mends it: into the log, where there is a kernel. */
  private static void logStack(Invocation call, Throwable e) {
    RunningKernel kernel = call.kernel();
    if (kernel != null) {
      kernel.syslog("<3>jiffy: internal error in " + call.command() + ": " + e);
      for (StackTraceElement frame : e.getStackTrace()) {
        kernel.syslog("<7>jiffy:  at " + frame);
      }
    }
  }
}
