package jiffy.cli.tool;

import java.util.Optional;
import java.util.regex.Pattern;
import jiffy.cli.kmod.OwnWords;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;
import jiffy.linux.Errno;

/** {@code rmmod NAME|FILE...}: unloads each, goes on after one that cannot be. */
final class Rmmod implements Tool {
  private static final String HELP =
      """
      Usage:
      \trmmod [options] modulenames
      Options:
      \t-f, --force       DANGEROUS: forces a module unload and may
      \t                  crash your machine
      \t-s, --syslog      print to syslog, not stderr
      \t-v, --verbose     enables more messages
      \t-V, --version     show version
      \t-h, --help        show this help
      """;

  private static final KmodOptions OPTIONS =
      new KmodOptions("rmmod", HELP, new String[][] {{"-f", "--force"}});

  private static final Pattern VERSION = Pattern.compile("-[0-9][^/]*$");

  private final ModuleTrees trees;

  Rmmod(ModuleTrees trees) {
    this.trees = trees;
  }

  @Override
  public int run(Invocation call) throws GoneException, NoKernelException {
    KmodOptions.Parsed options = OPTIONS.parse(call);
    if (options.status >= 0) {
      return options.status;
    }
    if (options.words().isEmpty()) {
      return options.error("missing module name.");
    }
    RunningKernel kernel = call.needKernel();
    int status = 0;
    for (String word : options.words()) {
      status |= remove(call, kernel, options, word);
    }
    return status;
  }

  private int remove(Invocation call, RunningKernel kernel, KmodOptions.Parsed options, String word)
      throws GoneException {
    boolean force = options.has("-f");
    RunningKernel.Module module = find(call, kernel, word);
    String name = module == null ? moduleName(word) : module.name();
    if (!force) {
      if (module == null) {
        boolean isBuiltin = trees.of(call, null, null).index().isBuiltin(name);
        return options.error(
            "Module " + name + (isBuiltin ? " is builtin." : " is not currently loaded"));
      }
      if (!module.holders().isEmpty()) {
        String holders = String.join(" ", module.holders());
        options.error("Module " + name + " is in use by: " + holders);
        return sayUsers(options, module);
      }
      if (module.references() > 0) {
        options.error("Module " + name + " is in use");
        return sayUsers(options, module);
      }
      if (module.references() < 0) {
        return sayUsers(options, module); // being unloaded already; kmod has no words for it
      }
    }
    int result = kernel.rmmod(name, force);
    if (result == 0) {
      return 0;
    }
    String reason = Strerror.of(-result);
    options.error("could not remove '" + name + "': " + reason);
    options.error("could not remove module " + name + ": " + reason);
    if (force) {
      return kernel.module(name).isPresent() ? sayHolders(options, kernel.module(name).get()) : 1;
    }
    if (result == -Errno.EBUSY && kernel.isPermanent(name)) {
      options.say("NOTICE", name + " has an init function and no exit: 'rmmod -f' removes it");
    }
    return 1;
  }

  /** Behind kmod's own sentence: who else is to be asked to let go. */
  private static int sayUsers(KmodOptions.Parsed options, RunningKernel.Module module)
      throws GoneException {
    for (String user : module.users()) {
      options.say("NOTICE", module.name() + " is held by " + user);
    }
    return 1;
  }

  /** Of one that even force does not remove. */
  private static int sayHolders(KmodOptions.Parsed options, RunningKernel.Module module)
      throws GoneException {
    if (!module.holders().isEmpty()) {
      String holders = String.join(", ", module.holders());
      options.say("NOTICE", module.name() + " is held by module " + holders);
    }
    return sayUsers(options, module);
  }

  /**
   * By what a JAR says that it is called, else by its name, however it is written. A JAR's version
   * is no part of that: {@code kt-1.0.jar}.
   */
  private static RunningKernel.Module find(Invocation call, RunningKernel kernel, String word) {
    boolean isFile = word.contains("/") || word.endsWith(".jar");
    return (isFile ? OwnWords.name(call.file(word)) : Optional.<String>empty())
        .flatMap(kernel::module)
        .orElseGet(() -> find(kernel, word));
  }

  private static RunningKernel.Module find(RunningKernel kernel, String word) {
    String name = moduleName(word);
    String withoutVersion = moduleName(VERSION.matcher(word).replaceFirst(""));
    RunningKernel.Module second = null;
    for (RunningKernel.Module module : kernel.modules()) {
      if (module.name().equals(name)) {
        return module;
      }
      if (module.name().equals(withoutVersion)) {
        second = module;
      }
    }
    return second;
  }

  /** The file name up to its first dot, dashes as underscores: {@code ./dep-a.jar} is dep_a. */
  static String moduleName(String word) {
    String name = word.substring(word.lastIndexOf('/') + 1);
    int dot = name.indexOf('.');
    return (dot < 0 ? name : name.substring(0, dot)).replace('-', '_');
  }

  @Override
  public String errorPrefix() {
    return "rmmod: ERROR: ";
  }
}
