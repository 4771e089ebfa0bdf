package jiffy.benchmarks.modules;

import java.nio.file.Path;
import jiffy.runtime.Machine;
import org.pf4j.DefaultPluginManager;
import org.pf4j.PluginManager;
import org.pf4j.PluginState;

/** Loads a JAR and starts what is in it; unloads it. */
interface Manager extends AutoCloseable {
  /** Jiffy with kernel modules. */
  String JIFFY = "jiffy";

  /** Jiffy with plain PF4J plugins. */
  String PLAIN = "plain";

  /** PF4J's own manager with the same plugins. */
  String PF4J = "pf4j";

  /** Returns when it runs. */
  void load(Path jar, String name);

  /** Returns when it is gone. */
  void unload(String name);

  /** The loader of a module's classes. */
  ClassLoader loader(String name);

  @Override
  void close();

  /** One of that name. */
  static Manager of(String name, Path dir) {
    return name.equals(PF4J) ? new Pf4j(dir) : new Jiffy(dir);
  }

  /** A kernel of its own. */
  final class Jiffy implements Manager {
    private final Machine machine;

    Jiffy(Path dir) {
      machine = Machine.boot("loglevel=1", dir.resolve("cache"));
    }

    @Override
    public void load(Path jar, String name) {
      machine.insmod(jar);
    }

    @Override
    public void unload(String name) {
      machine.rmmod(name);
    }

    @Override
    public ClassLoader loader(String name) {
      return machine.modules().pluginManager().getPluginClassLoader(name);
    }

    @Override
    public void close() {
      machine.close();
    }
  }

  /** PF4J as it comes. */
  final class Pf4j implements Manager {
    private final PluginManager plugins;

    Pf4j(Path dir) {
      plugins = new DefaultPluginManager(dir.resolve("none"));
    }

    @Override
    public void load(Path jar, String name) {
      String id = plugins.loadPlugin(jar);
      if (plugins.startPlugin(id) != PluginState.STARTED) {
        throw new IllegalStateException(id + " was not started");
      }
    }

    @Override
    public void unload(String name) {
      if (!plugins.unloadPlugin(name)) {
        throw new IllegalStateException(name + " was not unloaded");
      }
    }

    @Override
    public ClassLoader loader(String name) {
      return plugins.getPluginClassLoader(name);
    }

    @Override
    public void close() {
      plugins.unloadPlugins();
    }
  }
}
