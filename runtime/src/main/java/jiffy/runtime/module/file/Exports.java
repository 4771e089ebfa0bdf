package jiffy.runtime.module.file;

import static jiffy.linux.Errno.ENOEXEC;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.objectweb.asm.Opcodes;

/**
 * What a module has for others: C's exported symbols, and the types that its header would declare.
 *
 * @param symbols the exported methods
 * @param types internal names of the classes that these show, without those they are in: whatever
 *     is in the signature of an exported method, in one of a public or protected member of such a
 *     type, or above it. Whole ones: of these every member may be used
 * @param foreignTypes likewise, but of a module that this one uses itself
 */
public record Exports(List<Export> symbols, Set<String> types, Set<String> foreignTypes) {
  /** Of a module that exports nothing. */
  static final Exports NONE = new Exports(List.of(), Set.of(), Set.of());

  private static final int STATIC_AND_PUBLIC = Opcodes.ACC_STATIC | Opcodes.ACC_PUBLIC;

  /**
   * @param jar its classes by internal name
   * @throws BadModuleException if a method cannot be exported
   */
  static Exports of(String file, Map<String, ClassFacts> jar, HostClasses host)
      throws BadModuleException {
    List<Export> symbols = new ArrayList<>();
    Map<String, String> owners = new HashMap<>();
    for (ClassFacts type : jar.values()) {
      for (ClassFacts.ExportedMethod method : type.exports()) {
        String name = type.className() + "." + method.name();
        boolean isOpen = (method.access() & STATIC_AND_PUBLIC) == STATIC_AND_PUBLIC;
        if (!isOpen || !type.isPublic()) {
          throw new BadModuleException(
              ENOEXEC,
              file
                  + ": "
                  + name
                  + " has @ExportSymbol, but is not a public static method of a public class");
        }
        String other = owners.putIfAbsent(method.name(), type.className());
        if (other != null && !other.equals(type.className())) {
          throw new BadModuleException(
              ENOEXEC,
              file + ": exports " + method.name() + " twice, of " + other + " and of " + name);
        }
        symbols.add(new Export(type.name(), method.name(), method.descriptor(), method.isGpl()));
      }
    }
    if (symbols.isEmpty()) {
      return NONE;
    }
    Set<String> shown = shownBy(jar, host);
    Set<String> own = new TreeSet<>(shown);
    own.retainAll(jar.keySet());
    shown.removeAll(own);
    return new Exports(
        List.copyOf(symbols), Collections.unmodifiableSet(own), Collections.unmodifiableSet(shown));
  }

  /** The JAR's classes that users see: the exporting ones and {@link #types}. */
  public Stream<String> classes() {
    return Stream.concat(symbols.stream().map(Export::owner).distinct(), types.stream());
  }

  private static Set<String> shownBy(Map<String, ClassFacts> jar, HostClasses host) {
    Set<String> exporting = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>();
    for (ClassFacts type : jar.values()) {
      for (ClassFacts.ExportedMethod method : type.exports()) {
        exporting.add(type.name());
        open.addAll(method.types());
      }
    }
    Set<String> shown = new TreeSet<>();
    while (!open.isEmpty()) {
      String name = open.pop();
      boolean isHosts = host.isHostToo(name.replace('/', '.'));
      if (isHosts && !jar.containsKey(name) || exporting.contains(name) || !shown.add(name)) {
        continue;
      }
      int nested = name.lastIndexOf('$');
      if (nested > 0 && jar.containsKey(name.substring(0, nested))) {
        open.add(name.substring(0, nested)); // who names a nested class names the one around it
      }
      ClassFacts type = jar.get(name);
      if (type != null) { // else another module's
        open.addAll(type.shownTypes());
      }
    }
    return shown;
  }
}
