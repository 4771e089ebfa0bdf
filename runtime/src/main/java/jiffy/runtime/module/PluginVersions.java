package jiffy.runtime.module;

import org.pf4j.DefaultVersionManager;
import org.pf4j.PluginDependency;
import org.pf4j.VersionManager;

/** Whether a plugin is the one that another depends on, by PF4J's rules for versions. */
final class PluginVersions {
  private static final VersionManager VERSIONS = new DefaultVersionManager();
  private static final String ANY_VERSION = "1.0.0";

  private PluginVersions() {}

  /**
   * What is wrong with it.
   *
   * @param found the module whose name that plugin's would be, or null
   * @return for the log, behind the user's name; null: nothing, or it is optional and not there
   */
  static String complaint(PluginDependency wanted, LoadedModule found) {
    String id = wanted.getPluginId();
    String constraint = wanted.getPluginVersionSupport().trim();
    String isOptional = wanted.isOptional() ? ": goes without it, for it is optional" : "";
    if (found == null) {
      return wanted.isOptional()
          ? null
          : ": needs plugin " + id + ", which is not loaded (Plugin-Dependencies)";
    }
    String version = found.file.version().isEmpty() ? "0.0.0" : found.file.version();
    if (!isConstraint(constraint)) {
      return ": needs plugin "
          + id
          + " "
          + constraint
          + ", which is no version constraint"
          + isOptional;
    }
    if (constraint.equals("*")) {
      return null;
    }
    try {
      return VERSIONS.checkVersionConstraint(version, constraint)
          ? null
          : ": needs plugin "
              + id
              + " "
              + constraint
              + ", but "
              + version
              + " is loaded"
              + isOptional;
    } catch (RuntimeException e) { // the parser's
      return ": needs plugin "
          + id
          + " "
          + constraint
          + ", but that one's version, '"
          + version
          + "', is none like 1.2.3"
          + isOptional;
    }
  }

  private static boolean isConstraint(String constraint) {
    try {
      VERSIONS.checkVersionConstraint(ANY_VERSION, constraint);
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }
}
