package jiffy.cli.kmod;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import jiffy.cli.kmod.config.ModprobeConfig;
import jiffy.cli.kmod.index.ModuleIndex;
import jiffy.cli.kmod.index.Names;

/**
 * What a name means: the first of these that knows it.
 *
 * <pre>
 *   1 an alias of the configuration, which may be a pattern    the alias's modules
 *   2 a module of the tree                                     itself
 *   3 symbol:NAME                                              the modules that export it
 *   4 a module with an install or remove command               itself
 *   5 an alias that a module has of its own                    each module that has it
 *   6 an alias of a builtin module, its name                   that one
 * </pre>
 */
public final class Lookup {
  private final ModuleIndex index;
  private final ModprobeConfig config;

  /** In that tree, with that configuration. */
  public Lookup(ModuleIndex index, ModprobeConfig config) {
    this.index = index;
    this.config = config;
  }

  /** All that a name means; empty if nobody knows it. */
  public List<Target> find(String given) {
    String name = Names.alias(given);
    if (name == null) {
      return List.of();
    }
    List<Supplier<Stream<Target>>> ways =
        List.of(
            () -> config.aliased(name).stream().map(each -> module(each).withAlias(name)),
            () -> index.module(name).stream().map(each -> module(name)),
            () -> index.bySymbolAlias(given).stream().map(each -> module(each).withAlias(name)),
            () -> hasCommand(name) ? Stream.of(module(name)) : Stream.of(),
            () -> index.byAlias(name).stream().map(each -> module(each).withAlias(name)),
            () -> index.byBuiltinAlias(name).stream().map(each -> module(each).withAlias(name)),
            () -> index.isBuiltin(name) ? Stream.of(module(name)) : Stream.of());
    return ways.stream()
        .map(way -> way.get().toList())
        .filter(found -> !found.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private boolean hasCommand(String name) {
    return config.install(name).isPresent() || config.remove(name).isPresent();
  }

  /** The module of that very name, whether there is a file of it or not. */
  public Target module(String given) {
    String name = Names.module(given);
    boolean isBuiltin = index.isBuiltin(name);
    return index
        .module(name)
        .map(each -> new Target(name, each.path(), each.dependencies(), null, isBuiltin))
        .orElseGet(() -> new Target(name, null, List.of(), null, isBuiltin));
  }

  /** The module in a file; its dependencies are those of the tree's module of that name. */
  Target file(Path path) {
    String name = Names.ofFile(path.getFileName().toString());
    return new Target(name, path, module(name).dependencies(), null, false);
  }
}
