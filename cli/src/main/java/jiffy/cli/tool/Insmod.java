package jiffy.cli.tool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jiffy.cli.kmod.ModuleTree;
import jiffy.cli.kmod.UnknownSymbols;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;
import jiffy.linux.Errno;

/** {@code insmod FILE [param=value...]}: loads that file and nothing else. */
final class Insmod implements Tool {
  private static final String HELP =
      """
      Usage:
      \tinsmod [options] filename [module options]
      Options:
      \t-f, --force              DANGEROUS: forces a module load, may cause
      \t                         data corruption and crash your machine.
      \t                         implies --force-modversion and
      \t                         --force-vermagic
      \t    --force-modversion   Ignore module's version
      \t    --force-vermagic     Ignore module's version magic
      \t-s, --syslog             print to syslog, not stderr
      \t-v, --verbose            enables more messages
      \t-V, --version            show version
      \t-h, --help               show this help
      """;

  private static final KmodOptions OPTIONS =
      new KmodOptions(
          "insmod",
          HELP,
          new String[] {"-f", "--force"},
          new String[] {"--force-modversion"},
          new String[] {"--force-vermagic"});

  private final ModuleTrees trees;

  Insmod(ModuleTrees trees) {
    this.trees = trees;
  }

  @Override
  public int run(Invocation call) throws GoneException, NoKernelException {
    KmodOptions.Parsed options = OPTIONS.parse(call);
    if (options.status >= 0) {
      return options.status;
    }
    List<String> words = options.words();
    if (words.isEmpty()) {
      return options.error("missing filename.");
    }
    String name = words.get(0);
    if (name.equals("-")) {
      return options.error("this tool does not support loading from stdin!");
    }
    Path file = name.isEmpty() ? null : call.file(name);
    if (file == null || !Files.exists(file)) {
      return options.error("could not load module " + name + ": " + Strerror.of(Errno.ENOENT));
    }
    int result = load(call, file, words.subList(1, words.size()), flags(options));
    if (result == 0) {
      return 0;
    }
    options.error("could not insert module " + name + ": " + Strerror.ofInsmod(-result));
    if (result == -Errno.ENOENT) {
      sayWhoHasTheSymbols(call, options, file);
    }
    return 1;
  }

  /** Its init may have returned that, too: then there is nothing to say. */
  private void sayWhoHasTheSymbols(Invocation call, KmodOptions.Parsed options, Path file)
      throws GoneException, NoKernelException {
    ModuleTree tree = trees.of(call, null, null);
    for (String line : UnknownSymbols.of(tree, call.needKernel().live(), file)) {
      options.say("NOTICE", line);
    }
  }

  private static int flags(KmodOptions.Parsed options) {
    boolean all = options.has("-f");
    return (all || options.has("--force-modversion")
            ? RunningKernel.MODULE_INIT_IGNORE_MODVERSIONS
            : 0)
        | (all || options.has("--force-vermagic") ? RunningKernel.MODULE_INIT_IGNORE_VERMAGIC : 0);
  }

  private static int load(Invocation call, Path file, List<String> parameters, int flags)
      throws NoKernelException {
    if (Files.isDirectory(file)) {
      return -Errno.EISDIR;
    }
    if (!Files.isRegularFile(file)) {
      return -Errno.EINVAL; // a pipe or a device might never end
    }
    if (!Files.isReadable(file)) {
      return -Errno.EACCES;
    }
    return call.needKernel().insmod(file, parameters, flags);
  }

  @Override
  public String errorPrefix() {
    return "insmod: ERROR: ";
  }
}
