package jiffy.runtime.module.loader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import jiffy.kernel.Owner;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.file.ModuleFile;
import jiffy.runtime.module.file.PluginFacts;
import jiffy.runtime.module.file.PrivateCopy;
import jiffy.runtime.module.weave.Weaver;
import jiffy.runtime.module.weave.WovenJar;
import org.pf4j.DefaultPluginDescriptor;
import org.pf4j.ExtensionFinder;
import org.pf4j.PluginDependency;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginFactory;
import org.pf4j.PluginState;
import org.pf4j.PluginStateEvent;
import org.pf4j.PluginStateListener;
import org.pf4j.PluginWrapper;

/**
 * PF4J's side of the modules: descriptor, loader, wrapper and instance of each. The id of a plain
 * plugin is its own; a kernel module's is its name.
 *
 * <p>Thread safe. The lock is held for a few instructions: no line of a module runs under it, and
 * nothing is read or woven. The instance is made by {@link PluginWrapper#getPlugin}, on the task
 * that loads the module. PF4J's own load, start and stop are never used: each load would sort the
 * graph of all plugins anew.
 */
public final class PluginHost extends ReadOnlyPlugins {
  private final Weaver weaver;
  private final HostClasses hostClasses;
  private final KernelLog log;
  private final StateListeners listeners;

  /** By id, oldest first; guarded by this. */
  private final Map<String, Loaded> loaded = new LinkedHashMap<>();

  /** What was said of classes; once is enough, however often they are loaded. */
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  /** A plugin, and what its JAR says. */
  record Loaded(PluginWrapper wrapper, PluginFacts facts) {}

  /**
   * @param root a directory PF4J may take for its plugins folder; never read
   * @param weaver if the classes are to have choice points
   * @param hostClasses what modules see of the host
   * @param listeners who is told of what happens here
   */
  public PluginHost(
      Path root,
      String version,
      Optional<Weaver> weaver,
      HostClasses hostClasses,
      StateListeners listeners,
      KernelLog log) {
    super(root, version);
    this.weaver = weaver.orElse(null);
    this.hostClasses = hostClasses;
    this.log = log;
    this.listeners = listeners;
    ModuleExtensions extensions = new ModuleExtensions(this, log);
    extensionFinder = extensions;
    extensionFactory = extensions::create;
  }

  /**
   * Makes descriptor, loader and wrapper. The state of the wrapper is RESOLVED; DISABLED if the
   * module does not want this version of the kernel.
   *
   * @throws RuntimeException PF4J's, if it does not like the descriptor
   */
  public PluginWrapper link(ModuleFile file, Owner owner, PrivateCopy copy, Links links) {
    List<Path> classPath = copy.classPath();
    ModuleClassLoader loader =
        new ModuleClassLoader(
            owner, classPath, links, hostClasses, woven(file, classPath, links.classes()));
    PluginWrapper wrapper = createPluginWrapper(descriptor(file), copy.path(), loader);
    try {
      boolean isWanted = isPluginValid(wrapper);
      wrapper.setPluginState(isWanted ? PluginState.RESOLVED : PluginState.DISABLED);
    } catch (RuntimeException e) {
      close(loader);
      throw e;
    }
    synchronized (this) {
      loaded.put(wrapper.getPluginId(), new Loaded(wrapper, file.plugin()));
    }
    listeners.tell(new PluginStateEvent(this, wrapper, PluginState.CREATED));
    return wrapper;
  }

  /** Its init has succeeded: from now on its extensions are found. */
  public void started(PluginWrapper wrapper) {
    move(wrapper, PluginState.STARTED);
  }

  /** Its exit is about to run: from now on its extensions are not found. */
  public void stopped(PluginWrapper wrapper) {
    move(wrapper, PluginState.STOPPED);
  }

  private void move(PluginWrapper wrapper, PluginState next) {
    PluginState old = wrapper.getPluginState();
    wrapper.setPluginState(next);
    listeners.tell(new PluginStateEvent(this, wrapper, old));
  }

  /**
   * Closes the loader and forgets the plugin.
   *
   * @param wrapper null: it was never linked
   */
  public void unlink(PluginWrapper wrapper) {
    if (wrapper == null) {
      return;
    }
    synchronized (this) {
      loaded.computeIfPresent(
          wrapper.getPluginId(), (id, known) -> known.wrapper == wrapper ? null : known);
    }
    close((ModuleClassLoader) wrapper.getPluginClassLoader());
    move(wrapper, PluginState.UNLOADED);
  }

  private static void close(ModuleClassLoader loader) {
    try {
      loader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PluginDescriptor descriptor(ModuleFile file) {
    PluginFacts facts = file.plugin();
    DefaultPluginDescriptor descriptor =
        new DefaultPluginDescriptor(
            facts.isPlain() ? facts.id() : file.name(),
            file.description(),
            file.className(),
            file.version().isEmpty() ? "0.0.0" : file.version(),
            file.requires(),
            String.join(", ", file.authors()),
            file.license());
    for (PluginDependency dependency : facts.dependencies()) {
      descriptor.addDependency(dependency);
    }
    return descriptor;
  }

  /** Null: the classes are defined as they are. */
  private WovenJar woven(
      ModuleFile file, List<Path> classPath, Map<String, ClassLoader> libraries) {
    if (weaver == null) {
      return null;
    }
    Map<String, WovenJar> linked = new HashMap<>();
    libraries.forEach((name, loader) -> linked.put(name, ((ModuleClassLoader) loader).woven()));
    WovenJar woven = weaver.weave(classPath, linked, hostClasses);
    for (String note : woven.notes()) {
      String line = file.name() + ": " + note;
      if (said.add(line)) {
        log.print(KernelLog.WARNING, line);
      }
    }
    return woven;
  }

  /** The plugins, oldest first. */
  synchronized List<Loaded> all() {
    return new ArrayList<>(loaded.values());
  }

  /** The plugin of that id, or null. */
  synchronized Loaded find(String id) {
    return loaded.get(id);
  }

  @Override
  protected ExtensionFinder createExtensionFinder() {
    return null; // by PF4J's constructor, when there is none yet: ours sets it
  }

  @Override
  public List<PluginWrapper> getPlugins() {
    return all().stream().map(Loaded::wrapper).collect(Collectors.toList()); // theirs to change
  }

  @Override
  public PluginWrapper getPlugin(String id) {
    Loaded found = find(id);
    return found == null ? null : found.wrapper;
  }

  @Override
  public synchronized void addPluginStateListener(PluginStateListener listener) {
    listeners.add(listener);
  }

  @Override
  public synchronized void removePluginStateListener(PluginStateListener listener) {
    listeners.remove(listener);
  }

  @Override
  protected PluginFactory createPluginFactory() {
    return PluginInstances::create;
  }
}
