package jiffy.runtime.module.file;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jiffy.linux.KernelModule;

/**
 * Which classes outside its JAR a module may see.
 *
 * <pre>
 *   jiffy.types, jiffy.linux, jiffy.kernel, org.pf4j, java.*   the host's, before the JAR's
 *   the rest of the JDK, org.slf4j, org.apache.logging.log4j   the JAR's, else the host's
 *   what the boot parameter module.expose= names               the host's, before the JAR's
 *   everything else: jiffy.runtime, the host's libraries       the JAR's or none
 * </pre>
 *
 * <p>The JAR's are its own and those of the JARs in its {@code lib} directory; behind them come
 * those of the modules that {@code Plugin-Dependencies} names. {@link HostClasses} adds what is
 * exposed. Of Log4j that is log4j-api; log4j-core stays hidden. Thread safe.
 */
public final class Visibility {
  private static final List<String> HOST_FIRST =
      List.of("java.", "jiffy.types.", "jiffy.linux.", "jiffy.kernel.", "org.pf4j.");
  private static final List<String> HOST_TOO = List.of("org.slf4j.", "org.apache.logging.log4j.");
  private static final String LOG4J_CORE = "org.apache.logging.log4j.core.";

  private static final Set<String> JDK_PACKAGES =
      ModuleLayer.boot().modules().stream()
          .filter(m -> m.getName().startsWith("java.") || m.getName().startsWith("jdk."))
          .flatMap(m -> m.getPackages().stream())
          .collect(Collectors.toUnmodifiableSet());

  private Visibility() {}

  /** Whether a class, by binary name, is the host's even if the JAR has one of that name. */
  static boolean isHostFirst(String className) {
    return HOST_FIRST.stream().anyMatch(className::startsWith);
  }

  /** Whether a class, by binary name, is the host's if the JAR has none of that name. */
  static boolean isHostToo(String className) {
    return isHostFirst(className) || isJdk(className) || isSharedLibrary(className);
  }

  private static boolean isSharedLibrary(String className) {
    return HOST_TOO.stream().anyMatch(className::startsWith) && !className.startsWith(LOG4J_CORE);
  }

  private static boolean isJdk(String className) {
    int dot = className.lastIndexOf('.');
    return dot > 0 && JDK_PACKAGES.contains(className.substring(0, dot));
  }

  /** The loader that has the host's classes. */
  public static ClassLoader host() {
    return KernelModule.class.getClassLoader();
  }
}
