package jiffy.cli.tool;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;

/** {@code jiffy status}: which kernel this is and how it is. */
final class Status implements Tool {
  @Override
  public int run(Invocation call) throws GoneException, NoKernelException {
    if (!call.arguments().isEmpty()) {
      call.err(errorPrefix() + "status takes no arguments\n");
      return 1;
    }
    RunningKernel kernel = call.needKernel();
    List<RunningKernel.Module> modules = kernel.modules();
    String names =
        modules.stream()
            .map(RunningKernel.Module::name)
            .collect(Collectors.joining(" ", modules.isEmpty() ? "" : ": ", ""));
    StringBuilder table = new StringBuilder();
    row(table, "pid", ProcessHandle.current().pid());
    row(table, "uptime", uptime(kernel));
    row(table, "modules", modules.size() + names);
    row(table, "unloaded", unloaded(kernel));
    row(table, "directory", call.stateDirectory());
    row(table, "jdk", Runtime.version() + " (" + System.getProperty("java.vm.name") + ")");
    row(table, "cpus", kernel.cpus());
    row(table, "hz", kernel.hz());
    row(table, "command line", kernel.commandLine());
    call.out(table.toString());
    return 0;
  }

  /** Of what was unloaded, whose class loader the JVM has collected: the rest is still in use. */
  private static String unloaded(RunningKernel kernel) {
    String file = kernel.read("/proc/jiffy/unloaded");
    List<String> lines = file == null ? List.of() : file.lines().toList();
    long collected = lines.stream().filter(line -> line.endsWith(" collected")).count();
    return lines.isEmpty() ? "0" : lines.size() + ", " + collected + " collected";
  }

  private static String uptime(RunningKernel kernel) {
    String file = kernel.read("/proc/uptime");
    return file == null ? "?" : file.split(" ", 2)[0] + " s";
  }

  private static void row(StringBuilder table, String name, Object value) {
    String line = String.format(Locale.ROOT, "%-13s %s", name, value);
    table.append(line.stripTrailing()).append('\n');
  }

  @Override
  public String errorPrefix() {
    return "jiffy: ";
  }
}
