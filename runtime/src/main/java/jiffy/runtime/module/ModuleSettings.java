package jiffy.runtime.module;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jiffy.runtime.module.weave.Weaver;

/**
 * What a kernel tells its module room at boot.
 *
 * @param cacheDirectory for the private copies of JARs, this kernel's alone; made if it is not
 *     there, and copies that a killed host left in it are deleted
 * @param parameters from the kernel command line, by module: {@code kt.interval=3} is {@code kt} to
 *     {@code [interval=3]}; names with {@code -} or {@code _}
 * @param version of the API and kernel, compared with {@code Plugin-Requires}: {@code 0.1.0}
 * @param initTimeoutNanos after which an init that has not returned is given up; 0: never
 * @param exitTimeoutNanos as above, of an exit; {@link Shutdown} waits for one no longer than
 *     {@link #HALT_TIMEOUT_NANOS} either
 * @param weaver puts choice points into the modules' classes; none: they are defined as they lie in
 *     the JAR
 * @param exposed packages of the embedder's that modules see, with those below
 */
public record ModuleSettings(
    Path cacheDirectory,
    Map<String, List<String>> parameters,
    String version,
    long initTimeoutNanos,
    long exitTimeoutNanos,
    Optional<Weaver> weaver,
    List<String> exposed) {

  /** After which an exit is given up if nobody says otherwise: 30 s. */
  public static final long DEFAULT_EXIT_TIMEOUT_NANOS = 30_000_000_000L;

  /** A shutdown waits for no exit longer: 5 s. */
  public static final long HALT_TIMEOUT_NANOS = 5_000_000_000L;

  /** All as given. */
  public ModuleSettings {
    parameters = Map.copyOf(parameters);
    exposed = List.copyOf(exposed);
  }

  /** Without choice points, nothing exposed. */
  public ModuleSettings(
      Path cacheDirectory,
      Map<String, List<String>> parameters,
      String version,
      long exitTimeoutNanos) {
    this(cacheDirectory, parameters, version, 0, exitTimeoutNanos, Optional.empty(), List.of());
  }

  long haltTimeoutNanos() {
    return exitTimeoutNanos == 0
        ? HALT_TIMEOUT_NANOS
        : Math.min(exitTimeoutNanos, HALT_TIMEOUT_NANOS);
  }

  /** Without parameters, with the default time for an exit. */
  public ModuleSettings(Path cacheDirectory, String version) {
    this(cacheDirectory, Map.of(), version, DEFAULT_EXIT_TIMEOUT_NANOS);
  }
}
