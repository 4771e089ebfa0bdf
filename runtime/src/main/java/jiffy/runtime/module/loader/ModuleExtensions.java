package jiffy.runtime.module.loader;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import jiffy.kernel.OwnedLoader;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.module.file.Visibility;
import org.pf4j.AbstractExtensionFinder;
import org.pf4j.Extension;
import org.pf4j.ExtensionDescriptor;
import org.pf4j.ExtensionFinder;
import org.pf4j.ExtensionWrapper;
import org.pf4j.PluginRuntimeException;
import org.pf4j.PluginState;
import org.pf4j.util.ClassUtils;

/**
 * Finds the extensions of started modules, and those on the host's class path. By what was read
 * when the module was loaded: nothing is cached that could hold a module's class. Thread safe;
 * constructors of extensions run on the asking thread.
 */
final class ModuleExtensions implements ExtensionFinder {
  private static final String INDEX = "META-INF/extensions.idx";

  private final PluginHost host;
  private final KernelLog log;

  /** What was said of extensions; once is enough, however often they are looked for. */
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  /** Null: not read yet. */
  private volatile Set<String> onClassPath;

  ModuleExtensions(PluginHost host, KernelLog log) {
    this.host = host;
    this.log = log;
  }

  @Override
  public <T> List<ExtensionWrapper<T>> find(Class<T> type) {
    List<ExtensionWrapper<T>> found = new ArrayList<>(find(type, null));
    for (PluginHost.Loaded each : host.all()) {
      found.addAll(ofType(type, each));
    }
    Collections.sort(found); // by ordinal; stable, so those of older modules first
    return found;
  }

  @Override
  public <T> List<ExtensionWrapper<T>> find(Class<T> type, String id) {
    if (id == null) {
      return ofType(type, "the host", Visibility.host(), classPath());
    }
    PluginHost.Loaded loaded = host.find(id);
    return loaded == null ? List.of() : ofType(type, loaded);
  }

  private <T> List<ExtensionWrapper<T>> ofType(Class<T> type, PluginHost.Loaded loaded) {
    return ofType(
        type,
        loaded.wrapper().getPluginId(),
        loaded.wrapper().getPluginClassLoader(),
        usable(loaded));
  }

  private <T> List<ExtensionWrapper<T>> ofType(
      Class<T> type, String id, ClassLoader loader, Set<String> names) {
    List<ExtensionWrapper<T>> found = new ArrayList<>();
    for (String name : names) {
      Class<?> extension = load(id, loader, name);
      if (extension != null && type.isAssignableFrom(extension)) {
        found.add(wrap(extension));
      } else if (extension != null) {
        sayIfOfAnotherLoader(id, extension, type);
      }
    }
    Collections.sort(found);
    return found;
  }

  @Override
  @SuppressWarnings("rawtypes") // PF4J's
  public List<ExtensionWrapper> find(String id) {
    PluginHost.Loaded loaded = id == null ? null : host.find(id);
    Set<String> names = id == null ? classPath() : loaded == null ? Set.of() : usable(loaded);
    ClassLoader loader =
        loaded == null ? Visibility.host() : loaded.wrapper().getPluginClassLoader();
    List<ExtensionWrapper> found = new ArrayList<>();
    for (String name : names) {
      Class<?> extension = load(String.valueOf(id), loader, name);
      if (extension != null) {
        found.add(wrap(extension));
      }
    }
    found.sort((a, b) -> Integer.compare(a.getOrdinal(), b.getOrdinal()));
    return found;
  }

  @Override
  public Set<String> findClassNames(String id) {
    if (id == null) {
      return classPath();
    }
    PluginHost.Loaded loaded = host.find(id);
    return loaded == null ? Set.of() : names(loaded.facts().extensions());
  }

  private static Set<String> names(Map<String, List<String>> extensions) {
    return new TreeMap<>(extensions).keySet();
  }

  /** Those of a started module, less the ones that want a plugin which is not there. */
  private Set<String> usable(PluginHost.Loaded loaded) {
    Map<String, List<String>> usable = new TreeMap<>();
    if (isStarted(loaded)) {
      loaded
          .facts()
          .extensions()
          .forEach(
              (name, plugins) -> {
                if (plugins.stream().allMatch(id -> isStarted(host.find(id)))) {
                  usable.put(name, plugins);
                }
              });
    }
    return usable.keySet();
  }

  private static boolean isStarted(PluginHost.Loaded loaded) {
    return loaded != null && loaded.wrapper().getPluginState() == PluginState.STARTED;
  }

  private Set<String> classPath() {
    Set<String> names = onClassPath;
    if (names == null) {
      names = new LinkedHashSet<>();
      try {
        for (URL each : Collections.list(Visibility.host().getResources(INDEX))) {
          read(each, names);
        }
      } catch (IOException e) {
        log.print(KernelLog.WARNING, "PF4J: " + INDEX + " of the host: " + e.getMessage());
      }
      onClassPath = names;
    }
    return names;
  }

  private static void read(URL index, Set<String> names) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(index.openStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String name = line.replaceFirst("#.*", "").trim();
        if (!name.isEmpty()) {
          names.add(name);
        }
      }
    }
  }

  private Class<?> load(String id, ClassLoader loader, String name) {
    try {
      return loader.loadClass(name);
    } catch (ClassNotFoundException | LinkageError e) {
      say(id + ": extension " + name + " cannot be loaded: " + e.getMessage());
      return null;
    }
  }

  /** As PF4J's factory makes it; what it throws is in the log, for PF4J only leaves it out. */
  <T> T create(Class<T> type) {
    try {
      return type.getDeclaredConstructor().newInstance();
    } catch (InvocationTargetException e) {
      throw failed(type, e.getCause());
    } catch (ReflectiveOperationException | LinkageError e) {
      throw failed(type, e);
    }
  }

  private PluginRuntimeException failed(Class<?> type, Throwable e) {
    String id = type.getClassLoader() instanceof OwnedLoader own ? own.owner().name : "the host";
    say(id + ": extension " + type.getName() + " cannot be made: " + e);
    return new PluginRuntimeException(e);
  }

  private <T> ExtensionWrapper<T> wrap(Class<?> type) {
    Extension annotation = AbstractExtensionFinder.findExtensionAnnotation(type);
    int ordinal = annotation == null ? 0 : annotation.ordinal();
    return new ExtensionWrapper<>(
        new ExtensionDescriptor(ordinal, type), host.getExtensionFactory());
  }

  /** The trap that everybody walks into once: the interface was packed into the JAR, too. */
  private void sayIfOfAnotherLoader(String id, Class<?> extension, Class<?> type) {
    for (Class<?> each : ClassUtils.getAllInterfaces(extension)) {
      if (each.getName().equals(type.getName())) {
        say(
            id
                + ": extension "
                + extension.getName()
                + " implements another "
                + type.getName()
                + " ("
                + each.getClassLoader()
                + "'s) than the one asked for ("
                + type.getClassLoader()
                + "'s): leave it out of its JAR and name its module in Plugin-Dependencies");
      }
    }
  }

  private void say(String line) {
    if (said.add(line)) {
      log.print(KernelLog.WARNING, line);
    }
  }
}
