package jiffy.cli.kmod;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jiffy.runtime.module.file.ModuleNames;
import jiffy.testkit.ModuleJar;

/** Module JARs of a few words each. */
public final class Sources {
  /** A compiler takes longer than all else here. */
  private static final Map<List<String>, byte[]> COMPILED = new ConcurrentHashMap<>();

  private Sources() {}

  /**
   * Writes a module whose file is called like it.
   *
   * @param file its name is the module's; directories are made
   * @param info further elements of {@code @ModuleInfo}, such as {@code alias = "x"}
   * @param needs names of modules whose function {@code NAME_fn} it calls; it exports its own
   */
  public static Path write(Path file, String info, String... needs) {
    String name = ModuleNames.ofFile(file.toString());
    List<String> others = new ArrayList<>();
    StringBuilder calls = new StringBuilder("0");
    for (String need : needs) {
      others.add(source(need, "", ""));
      calls.append(" + ").append(need).append(".Module.").append(need).append("_fn()");
    }
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String use = "static int use() { return " + calls + "; }";
    others.add(source(name, info, use));
    try {
      return Files.write(file, COMPILED.computeIfAbsent(others, Sources::compile));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last one; the others are what it needs. */
  private static byte[] compile(List<String> sources) {
    int last = sources.size() - 1;
    return ModuleJar.ofSources(sources.subList(0, last), sources.get(last)).bytes();
  }

  private static String source(String name, String info, String use) {
    return """
    package %s;
    import jiffy.linux.*;
    @ModuleInfo(license = "GPL"%s)
    public final class Module extends KernelModule {
      @ExportSymbol public static int %s_fn() { return 1; }
      %s
    }
    """
        .formatted(name, info.isEmpty() ? "" : ", " + info, name, use);
  }
}
