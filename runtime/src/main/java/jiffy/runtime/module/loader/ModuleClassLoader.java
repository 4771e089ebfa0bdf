package jiffy.runtime.module.loader;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import jiffy.kernel.Origin;
import jiffy.kernel.OwnedLoader;
import jiffy.kernel.Owner;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.file.Visibility;
import jiffy.runtime.module.weave.WovenJar;

/**
 * A module's class loader: what it sees is {@link Visibility}'s rule, and before all but the host's
 * what the modules that it links to show.
 *
 * <p>Not a subclass of PF4J's {@code PluginClassLoader}: a loader can be parallel capable only if
 * its superclass is, and have a name (which stack traces show) only through a constructor; PF4J's
 * has neither. Thread safe.
 */
final class ModuleClassLoader extends URLClassLoader implements OwnedLoader {
  static {
    registerAsParallelCapable();
  }

  private final Owner owner;

  private final Links links;
  private final HostClasses host;
  private final WovenJar woven;
  private volatile boolean isClosed;

  private final ConcurrentHashMap<Class<?>, Origin> origins = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Object, Object> sites = new ConcurrentHashMap<>();

  /**
   * @param classPath the private copy of the JAR, and those of its libraries
   * @param woven its classes with choice points; null: they are defined as they lie in the JAR
   */
  ModuleClassLoader(
      Owner owner, List<Path> classPath, Links links, HostClasses host, WovenJar woven) {
    super(
        owner.name,
        classPath.stream().map(ModuleClassLoader::url).toArray(URL[]::new),
        Visibility.host());
    this.owner = owner;
    this.links = links;
    this.host = host;
    this.woven = woven;
  }

  /** Null: its classes have no choice points. */
  WovenJar woven() {
    return woven;
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(jar + " has no URL", e);
    }
  }

  @Override
  public Owner owner() {
    return owner;
  }

  @Override
  public Origin origin(Class<?> callback, Function<Class<?>, Origin> resolve) {
    return origins.computeIfAbsent(callback, resolve);
  }

  @Override
  public ConcurrentMap<Object, Object> sites() {
    return sites;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      if (host.isHostFirst(name)) {
        return getParent().loadClass(name);
      }
      ClassLoader library = links.classes().get(name);
      if (library != null) {
        return library.loadClass(name);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        loaded = findOwnOrShared(name);
      }
      if (resolve) {
        resolveClass(loaded);
      }
      return loaded;
    }
  }

  /** Own, dependencies', host's: PF4J's usual order. */
  private Class<?> findOwnOrShared(String name) throws ClassNotFoundException {
    try {
      return findClass(name);
    } catch (ClassNotFoundException e) {
      Class<?> shared = findInDependencies(name);
      if (shared != null) {
        return shared;
      }
      if (host.isHostToo(name)) {
        return getParent().loadClass(name);
      }
      throw new ClassNotFoundException(
          name
              + ": not in the JAR of module "
              + owner.name
              + ", and of the host a module sees"
              + " only the JDK, jiffy.types, jiffy.linux, org.pf4j, slf4j-api, log4j-api, and what"
              + " the boot parameter module.expose= names");
    }
  }

  /**
   * Null: none of them has it. They cannot depend on this one, so their locks are taken in order.
   */
  private Class<?> findInDependencies(String name) {
    for (ClassLoader each : links.dependencies()) {
      try {
        return each.loadClass(name);
      } catch (ClassNotFoundException e) {
        continue; // perhaps the next
      }
    }
    return null;
  }

  /** As URLClassLoader defines it, but of the woven bytes, if there are any. */
  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    WovenJar.Type type = woven == null || isClosed ? null : woven.find(name);
    if (type == null) {
      return super.findClass(name);
    }
    URL jar = getURLs()[type.place()];
    int dot = name.lastIndexOf('.');
    if (dot > 0) {
      definePackage(name.substring(0, dot), type.place(), jar);
    }
    CodeSource source = new CodeSource(jar, type.signers());
    return defineClass(name, type.bytes(), 0, type.bytes().length, source);
  }

  private void definePackage(String name, int place, URL jar) {
    if (getDefinedPackage(name) != null) {
      return;
    }
    try {
      definePackage(name, woven.manifest(place), jar);
    } catch (IllegalArgumentException e) {
      return; // by another thread, for another of its classes
    }
  }

  @Override
  public void close() throws IOException {
    isClosed = true;
    super.close();
  }

  /** The JAR's, its dependencies', the JDK's; what lies in the host's JARs is not for modules. */
  @Override
  public URL getResource(String name) {
    URL found = findResource(name);
    for (int i = 0; found == null && i < links.dependencies().size(); i++) {
      found = links.dependencies().get(i).getResource(name);
    }
    return found != null ? found : ClassLoader.getPlatformClassLoader().getResource(name);
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
    for (ClassLoader each : links.dependencies()) {
      if (each instanceof URLClassLoader loader) { // its own alone, as PF4J
        all.addAll(Collections.list(loader.findResources(name)));
      }
    }
    all.addAll(Collections.list(ClassLoader.getPlatformClassLoader().getResources(name)));
    return Collections.enumeration(all);
  }

  @Override
  public String toString() {
    return "module " + owner.name;
  }
}
