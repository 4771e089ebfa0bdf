package jiffy.runtime.module;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jiffy.runtime.module.file.PackedClass;

/**
 * Two modules that bring a library each, and one of them shows a class of it in what it exports:
 * the user takes that class from there, so both must have the same one. Otherwise the JVM would say
 * it, with a LinkageError in the midst of a callback.
 */
final class SharedLibraries {
  private SharedLibraries() {}

  /**
   * Compares the classes that a module shows with those of the same name in its user's JAR. Only
   * where a library is in the play: a class in the JAR itself gives way, as a header's copy would.
   *
   * @return a sentence for the log, or null if they agree
   */
  static String conflict(LoadedModule user, LoadedModule shower) {
    if (!user.copy.hasLibraries() && !shower.copy.hasLibraries()) {
      return null;
    }
    Set<String> names =
        shower.file.exports().classes().collect(Collectors.toCollection(TreeSet::new));
    names.addAll(shower.file.exports().foreignTypes());
    Map<String, PackedClass> theirs = PackedClass.find(user.copy, names);
    Map<String, PackedClass> shown = PackedClass.find(shower.copy, theirs.keySet());
    for (Map.Entry<String, PackedClass> each : shown.entrySet()) {
      PackedClass own = theirs.get(each.getKey());
      PackedClass other = each.getValue();
      boolean isPacked = own.isOfLibrary() || other.isOfLibrary();
      if (isPacked && !Arrays.equals(own.bytes(), other.bytes())) {
        return "class "
            + each.getKey().replace('/', '.')
            + " in "
            + own.place()
            + " is not the one in "
            + other.place()
            + " of module "
            + shower.name()
            + ", which shows it in what it exports: give both the same version, or leave it out of"
            + " the exported methods";
      }
    }
    return null;
  }
}
