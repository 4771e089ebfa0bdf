package jiffy.runtime.module.file;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.objectweb.asm.ClassReader;

/**
 * Finds what a module's classes refer to and neither the JAR nor the host has.
 *
 * <p>The references are those of the constant pools, of the module's own packages: the ones that
 * begin with the first two names of the module class's, wherever in the JAR they lie. Libraries
 * packed into the JAR count as weak symbols: their optional dependencies are nobody's fault until
 * they are called.
 */
final class Imports {
  private static final int TAG_CLASS = 7;
  private static final Set<Integer> TAG_MEMBERS = Set.of(9, 10, 11);

  /** Their methods take any arguments, so a descriptor says nothing. */
  private static final Set<String> POLYMORPHIC =
      Set.of("java/lang/invoke/MethodHandle", "java/lang/invoke/VarHandle");

  private final Map<String, ClassFacts> jar;
  private final HostClasses host;
  private final Map<String, Import> missing = new LinkedHashMap<>();
  private final Map<String, Import> missingClasses = new LinkedHashMap<>();

  private Imports(Map<String, ClassFacts> jar, HostClasses host) {
    this.jar = jar;
    this.host = host;
  }

  /**
   * @param jar its classes by internal name
   * @param readers their class files
   * @param roots internal names of the classes whose packages are the module's own
   * @return in the order of the constant pools, each once
   */
  static List<Import> of(
      Map<String, ClassFacts> jar,
      Map<String, ClassReader> readers,
      List<String> roots,
      HostClasses host) {
    Imports imports = new Imports(jar, host);
    Set<String> ownPackages = roots.stream().map(Imports::stem).collect(Collectors.toSet());
    roots.forEach(root -> imports.scan(readers.get(root)));
    readers.forEach(
        (name, reader) -> {
          if (ownPackages.contains(stem(name))) {
            imports.scan(reader);
          }
        });
    return imports.result();
  }

  /** The first two names of its package; fewer if it has not so many. */
  private static String stem(String name) {
    String inPackage = name.substring(0, Math.max(0, name.lastIndexOf('/')));
    int second = inPackage.indexOf('/', inPackage.indexOf('/') + 1);
    return inPackage.indexOf('/') < 0 || second < 0 ? inPackage : inPackage.substring(0, second);
  }

  private void scan(ClassReader reader) {
    char[] buffer = new char[reader.getMaxStringLength()];
    for (int i = 1; i < reader.getItemCount(); i++) {
      int offset = reader.getItem(i);
      int tag = offset == 0 ? 0 : reader.readByte(offset - 1);
      if (tag == TAG_CLASS) {
        seeClass(reader.readUTF8(offset, buffer));
      } else if (TAG_MEMBERS.contains(tag)) {
        int nameAndType = reader.getItem(reader.readUnsignedShort(offset + 2));
        seeMember(
            reader.readClass(offset, buffer),
            reader.readUTF8(nameAndType, buffer),
            reader.readUTF8(nameAndType + 2, buffer));
      }
    }
  }

  private void seeClass(String name) {
    String element = name.startsWith("[") ? elementOf(name) : name;
    if (element != null && find(element) == null) {
      missingClasses.putIfAbsent(element, new Import(element, null, null));
    }
  }

  /** {@code [[Lx/Y;} is of {@code x/Y}; null for primitives. */
  private static String elementOf(String array) {
    int at = array.lastIndexOf('[') + 1;
    return array.charAt(at) == 'L' ? array.substring(at + 1, array.length() - 1) : null;
  }

  private void seeMember(String owner, String name, String descriptor) {
    if (owner.startsWith("[") || POLYMORPHIC.contains(owner)) {
      return;
    }
    ClassFacts type = find(owner);
    if (type == null || !has(type, name, descriptor)) {
      missing.putIfAbsent(owner + "." + name + descriptor, new Import(owner, name, descriptor));
    }
  }

  private ClassFacts find(String name) {
    ClassFacts own = jar.get(name);
    boolean hostFirst = own == null || host.isHostFirst(own.className());
    return hostFirst ? host.find(name) : own;
  }

  /** Along superclasses and interfaces; where one of these is missing, that is what is said. */
  private boolean has(ClassFacts type, String name, String descriptor) {
    Set<String> seen = new HashSet<>(Set.of(type.name())); // a JAR may have circles, and diamonds
    Deque<ClassFacts> open = new ArrayDeque<>(List.of(type));
    while (!open.isEmpty()) {
      ClassFacts at = open.pop();
      if (at.declares(name, descriptor)) {
        return true;
      }
      List<String> above = new ArrayList<>(at.interfaces());
      if (at.superName() != null) {
        above.add(at.superName());
      }
      above.removeIf(each -> !seen.add(each));
      for (String each : above) {
        ClassFacts facts = find(each);
        if (facts == null) {
          return true;
        }
        open.add(facts);
      }
    }
    return false;
  }

  /** A class that is missing is said by its members, if any are used. */
  private List<Import> result() {
    missing.values().forEach(member -> missingClasses.remove(member.owner()));
    List<Import> all = new ArrayList<>(missing.values());
    all.addAll(missingClasses.values());
    return List.copyOf(all);
  }
}
