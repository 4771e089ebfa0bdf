package jiffy.runtime.module.loader;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jiffy.kernel.Owner;
import jiffy.linux.KernelModule;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.module.file.ModuleFile;
import jiffy.runtime.module.weave.Weaver;
import jiffy.runtime.module.weave.WovenJar;
import org.pf4j.AbstractPluginManager;
import org.pf4j.DefaultExtensionFactory;
import org.pf4j.DefaultExtensionFinder;
import org.pf4j.DefaultPluginDescriptor;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.Plugin;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;
import org.pf4j.RuntimeMode;
import org.pf4j.VersionManager;

/**
 * PF4J's side of the modules: descriptor, loader, wrapper and instance of each.
 *
 * <p>PF4J is not thread safe, so {@link #link} and {@link #unlink} exclude each other; neither runs
 * a line of a module. The instance is made by {@link PluginWrapper#getPlugin}, on the task that
 * loads the module and outside the lock, for a static initializer may call the kernel and wait.
 * PF4J's start and stop are never used. The plugin's id is the module's name.
 */
public final class PluginHost extends AbstractPluginManager {
  /** What {@link #link} is about; set only while it runs. */
  private ModuleFile linking;

  private Owner linkingOwner;
  private Map<String, ClassLoader> linkingLibraries;

  private final Weaver weaver;
  private final KernelLog log;

  /** What was said of classes; once is enough, however often they are loaded. */
  private final Set<String> said = new HashSet<>();

  /**
   * @param root a directory PF4J may take for its plugins folder; never read
   * @param weaver if the classes are to have choice points
   */
  public PluginHost(Path root, String version, Optional<Weaver> weaver, KernelLog log) {
    super(root);
    setSystemVersion(version);
    this.weaver = weaver.orElse(null);
    this.log = log;
  }

  /**
   * Makes descriptor, loader and wrapper.
   *
   * @param libraries classes of other modules that it sees, by binary name
   * @throws RuntimeException PF4J's, if it does not like the descriptor
   */
  public synchronized PluginWrapper link(
      ModuleFile file, Owner owner, Path jar, Map<String, ClassLoader> libraries) {
    linking = file;
    linkingOwner = owner;
    linkingLibraries = libraries;
    try {
      return getPlugin(loadPlugin(jar));
    } finally {
      linking = null;
      linkingOwner = null;
      linkingLibraries = null;
    }
  }

  /** Closes the loader and forgets the plugin; does nothing for one that is not there. */
  public synchronized void unlink(String name) {
    if (getPlugin(name) != null) {
      unloadPlugin(name);
    }
  }

  @Override
  protected PluginDescriptorFinder createPluginDescriptorFinder() {
    return new PluginDescriptorFinder() {
      @Override
      public boolean isApplicable(Path path) {
        return true;
      }

      @Override
      public PluginDescriptor find(Path path) {
        String version = linking.version().isEmpty() ? "0.0.0" : linking.version();
        return new DefaultPluginDescriptor(
            linking.name(),
            linking.description(),
            linking.className(),
            version,
            linking.requires(),
            String.join(", ", linking.authors()),
            linking.license());
      }
    };
  }

  @Override
  protected PluginLoader createPluginLoader() {
    return new PluginLoader() {
      @Override
      public boolean isApplicable(Path path) {
        return true;
      }

      @Override
      public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
        return new ModuleClassLoader(linkingOwner, path, linkingLibraries, woven(path));
      }
    };
  }

  /** Null: the classes are defined as they are. */
  private WovenJar woven(Path jar) {
    if (weaver == null) {
      return null;
    }
    Map<String, WovenJar> libraries = new HashMap<>();
    linkingLibraries.forEach(
        (name, loader) -> libraries.put(name, ((ModuleClassLoader) loader).woven()));
    WovenJar woven = weaver.weave(jar, libraries);
    for (String note : woven.notes()) {
      String line = linking.name() + ": " + note;
      if (said.add(line)) {
        log.print(KernelLog.WARNING, line);
      }
    }
    return woven;
  }

  @Override
  protected PluginFactory createPluginFactory() {
    return PluginHost::instantiate;
  }

  /** What the constructor throws comes out as it is. */
  private static Plugin instantiate(PluginWrapper wrapper) {
    try {
      Class<?> type =
          wrapper.getPluginClassLoader().loadClass(wrapper.getDescriptor().getPluginClass());
      Constructor<? extends KernelModule> constructor =
          type.asSubclass(KernelModule.class).getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw PluginHost.<RuntimeException>asUnchecked(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw PluginHost.<RuntimeException>asUnchecked(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T asUnchecked(Throwable e) throws T {
    throw (T) e;
  }

  @Override
  protected PluginRepository createPluginRepository() {
    return new PluginRepository() {
      @Override
      public List<Path> getPluginPaths() {
        return List.of();
      }

      @Override
      public boolean deletePluginPath(Path path) {
        return false;
      }
    };
  }

  @Override
  protected PluginStatusProvider createPluginStatusProvider() {
    return new PluginStatusProvider() {
      @Override
      public boolean isPluginDisabled(String id) {
        return false;
      }

      @Override
      public void disablePlugin(String id) {
        throw new UnsupportedOperationException("modules are not disabled, but unloaded: " + id);
      }

      @Override
      public void enablePlugin(String id) {
        throw new UnsupportedOperationException("modules are loaded with insmod: " + id);
      }
    };
  }

  @Override
  protected ExtensionFinder createExtensionFinder() {
    return new DefaultExtensionFinder(this);
  }

  @Override
  protected ExtensionFactory createExtensionFactory() {
    return new DefaultExtensionFactory();
  }

  @Override
  protected VersionManager createVersionManager() {
    return new DefaultVersionManager();
  }

  @Override
  public RuntimeMode getRuntimeMode() {
    return RuntimeMode.DEPLOYMENT;
  }
}
