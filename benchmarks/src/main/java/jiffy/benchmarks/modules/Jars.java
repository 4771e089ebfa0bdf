package jiffy.benchmarks.modules;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import jiffy.testkit.ModuleJar;

/**
 * A great many equal modules, each in a package of its own, of which each but the first uses
 * another. Compiled once: the others are copies of the class file with other names of the same
 * length.
 */
final class Jars {
  private static final String OWN = "m00000";
  private static final String NEEDED = "d00000";

  private static final String MODULE =
      """
      package gen.m00000;
      import jiffy.linux.*;
      @ModuleInfo(name = "m00000", license = "GPL")
      public final class M extends KernelModule {
        static int count;
        { module_init(M::init); module_exit(M::exit); }
        static int init() { count = 1/*USE*/; return 0; }
        static void exit() { count = 0; }
        @ExportSymbol public static int f_m00000() { return count; }
      }
      """;

  private static final String PLUGIN =
      """
      package gen.m00000;
      public final class M extends org.pf4j.Plugin {
        static int count;
        @Override public void start() { count = 1/*USE*/; }
        @Override public void stop() { count = 0; }
        public static int f_m00000() { return count; }
      }
      """;

  private final boolean isPlain;
  private final byte[] alone;
  private final byte[] using;

  /**
   * @param isPlain PF4J plugins, which name what they need in the manifest; else kernel modules,
   *     which use its symbol
   */
  Jars(boolean isPlain) {
    this.isPlain = isPlain;
    String source = isPlain ? PLUGIN : MODULE;
    String needed = source.replace(OWN, NEEDED);
    String use = " + 0 * gen." + NEEDED + ".M.f_" + NEEDED + "()";
    String entry = "gen/" + OWN + "/M.class";
    alone = ModuleJar.of(source).bytesOf(entry);
    using = ModuleJar.ofSources(List.of(needed), source.replace("/*USE*/", use)).bytesOf(entry);
  }

  static String name(int index) {
    return String.format(Locale.ROOT, "m%05d", index);
  }

  /**
   * Writes one.
   *
   * @param needs the index of the module that it uses; -1: none
   * @return its path
   */
  Path write(Path dir, int index, int needs) {
    String name = name(index);
    byte[] type = renamed(needs < 0 ? alone : using, OWN, name);
    ModuleJar jar = ModuleJar.empty();
    if (needs >= 0) {
      type = renamed(type, NEEDED, name(needs));
    }
    jar.entry("gen/" + name + "/M.class", type)
        .manifest("Plugin-Id", name)
        .manifest("Plugin-Version", "1.0.0")
        .manifest("Plugin-License", "Apache-2.0")
        .manifest("Plugin-Class", "gen." + name + ".M");
    if (needs >= 0 && isPlain) {
      jar.manifest("Plugin-Dependencies", name(needs) + "@>=1.0.0");
    }
    return jar.writeTo(dir.resolve(name + ".jar"));
  }

  /** Latin-1 takes each byte as it is. */
  private static byte[] renamed(byte[] type, String from, String to) {
    return new String(type, StandardCharsets.ISO_8859_1)
        .replace(from, to)
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
