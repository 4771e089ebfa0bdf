package jiffy.cli.kmod;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jiffy.testkit.ModuleJar;

/**
 * The tree of eight modules over which the commands of {@code kmod/probe/INDEX.tsv} were recorded,
 * as JARs:
 *
 * <pre>
 *   ROOT/lib/modules/1.0.0/kernel/{core,mid,top,side,after,my-dash,blk,needsunk}.jar
 *   ROOT/lib/modules/1.0.0/modules.{dep,alias,softdep,symbols,devname}   as recorded
 *   ROOT/conf-NAME.d/                                                    the modprobe.d directories
 *   ROOT/notelf.jar                                                      a text
 * </pre>
 *
 * <p>modinfo shows a module's pairs in the order opposite to the sources', as with gcc; so here
 * they stand the other way round than in the recorded output.
 */
public final class ProbeTree {
  /** The version of the only kernel in it. */
  public static final String VERSION = "1.0.0";

  /** The recorded files, {@code INDEX.tsv} among them. */
  public static final Path RECORDED = resource("/kmod/probe");

  /** The modules, in the order of the recorded {@code modules.dep}. */
  public static final List<String> MODULES =
      List.of("my-dash", "top", "mid", "after", "core", "blk", "side", "needsunk");

  private static final String VERMAGIC = "vermagic=1.0.0 SMP mod_unload ";

  private static final String CORE =
      """
      package probe.core;
      import jiffy.linux.*;
      @ModuleInfo(
          info = {"%s", "srcversion=ABCDEF"},
          version = "1.2.3",
          alias = {"net-pf-99", "char-major-10-*"},
          author = {"Second Author", "Jane Doe <jane@example.org>"},
          description = "Module core",
          license = "GPL",
          name = "core")
      public final class Core extends KernelModule {
        @ModuleParam("Comma list") static String[] names = new String[4];
        @ModuleParam static boolean undocumented;
        @ModuleParam("Enable debugging (int)") static int debug;
        @ExportSymbol public static int core_fn() { return 1; }
        { module_init(() -> 0); module_exit(() -> {}); }
      }
      """
          .formatted(VERMAGIC);

  private static final String UNKNOWN =
      """
      package probe.unknown;
      public final class Unknown {
        public static int unknown_fn() { return 0; }
      }
      """;

  private final Path root;

  private ProbeTree(Path root) {
    this.root = root;
  }

  /**
   * Builds it.
   *
   * @param root an existing directory
   */
  public static ProbeTree in(Path root) {
    ProbeTree tree = new ProbeTree(root);
    try {
      Files.createDirectories(tree.kernel());
      tree.compile();
      for (String index : List.of("dep", "alias", "softdep", "symbols", "devname")) {
        String name = "modules." + index;
        String text = Files.readString(RECORDED.resolve("modules").resolve(name));
        Files.writeString(tree.modules().resolve(name), text.replace(".ko", ".jar"));
      }
      tree.copyConfigurations();
      Files.writeString(root.resolve("notelf.jar"), "not an ELF file\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return tree;
  }

  /** What {@code @ROOT@} stands for. */
  public Path root() {
    return root;
  }

  /** {@code ROOT/lib/modules/1.0.0}. */
  public Path modules() {
    return root.resolve("lib/modules").resolve(VERSION);
  }

  /** Where the JARs are. */
  public Path kernel() {
    return modules().resolve("kernel");
  }

  /** The JAR of that name, given without its suffix. */
  public Path jar(String name) {
    return kernel().resolve(name + ".jar");
  }

  /**
   * A recorded text as it reads here: {@code .ko} is {@code .jar}, {@code @ROOT@} is the root.
   *
   * @param text of a command, an expected output or an expected message
   */
  public String here(String text) {
    return text.replaceAll("\\.ko\\b", ".jar").replace("@ROOT@", root.toString());
  }

  private void compile() throws IOException {
    Path all =
        ModuleJar.of(
                CORE,
                user("mid", "softdep = \"pre: side post: after\",", "core_fn", "probe.core.Core"),
                user("top", "", "mid_fn", "probe.mid.Mid"),
                module("side", ""),
                module("after", ""),
                module("my-dash", ""),
                module("blk", "alias = \"net-pf-98\","),
                user("needsunk", "", "unknown_fn", "probe.unknown.Unknown"),
                UNKNOWN)
            .writeTo(root.resolve("all.jar"));
    try (FileSystem zip = FileSystems.newFileSystem(all)) {
      for (String name : MODULES) {
        ModuleJar.ofPackage(zip.getPath("/"), "probe." + packageOf(name)).writeTo(jar(name));
      }
    }
    Files.delete(all);
  }

  private static String packageOf(String name) {
    return name.replace('-', '_');
  }

  /** A module that neither uses nor exports anything. */
  private static String module(String name, String info) {
    return source(name, info, "");
  }

  /** A module that exports NAME_fn if its name is mid, and calls a function of another class. */
  private static String user(String name, String info, String function, String owner) {
    String call = "static int use() { return " + owner + "." + function + "(); }";
    String export = "@ExportSymbol public static int mid_fn() { return use(); }";
    return source(name, info, name.equals("mid") ? call + "\n  " + export : call);
  }

  private static String source(String name, String info, String members) {
    String type = Character.toUpperCase(name.charAt(0)) + packageOf(name).substring(1);
    return """
    package probe.%s;
    import jiffy.linux.*;
    @ModuleInfo(
        info = "%s",
        %s
        author = {"Second Author", "Jane Doe <jane@example.org>"},
        description = "Module %s",
        license = "GPL",
        name = "%s")
    public final class %s extends KernelModule {
      { module_init(() -> 0); module_exit(() -> {}); }
      %s
    }
    """
        .formatted(packageOf(name), VERMAGIC, info, name, name, type, members);
  }

  private void copyConfigurations() throws IOException {
    try (Stream<Path> directories = Files.list(RECORDED.resolve("conf"))) {
      for (Path directory : directories.toList()) {
        Path copy = Files.createDirectory(root.resolve("conf-" + directory.getFileName()));
        try (Stream<Path> files = Files.list(directory)) {
          for (Path file : files.toList()) {
            Path to = copy.resolve(file.getFileName().toString());
            Files.write(to, Files.readAllBytes(file));
          }
        }
      }
    }
  }

  private static Path resource(String name) {
    try {
      return Path.of(ProbeTree.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A recorded file's text. */
  public static String recorded(String file) {
    try (InputStream in = Files.newInputStream(RECORDED.resolve(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
