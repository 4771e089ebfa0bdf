package jiffy.runtime.module.weave;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.Files;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jiffy.runtime.module.file.HostClasses;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassTooLargeException;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodTooLargeException;

/**
 * Puts choice points into modules' classes as they are loaded, for a machine that explores who runs
 * when: before each access to a field that is not final or to an array element, and before each
 * call that works on shared memory without a kernel's subsystem (atomics, lists, bits, sequence
 * counts, {@code java.util.concurrent.atomic}, VarHandles). The class files are those that run on
 * the host; nothing of them is woven there.
 *
 * <p>Remembers what it has woven, by the JAR's content, that of the modules which it links to and
 * what is exposed: machines that load the same modules should share one. Thread safe.
 */
public final class Weaver {
  /*
   * What is left out:
   *   - final and synthetic fields: the JVM's memory model or the compiler answers for them;
   *   - the stores of an array initializer (int[] a = {1, 2}; varargs), whose array nobody else knows;
   *   - class initializers: whoever wants a class that is being initialized waits in the JVM, and keeps
   *     its turn for ever. So they are atomic, with all that they call; synchronized regions likewise.
   * No escape analysis beyond that: a new object's fields are points, though nobody else has it yet.
   *
   * No branch is added, so the stack maps stay as they are; only the handlers that end an atomic region
   * bring a frame of their own, which knows no locals. So no class is loaded in order to weave another.
   *
   * Two accesses count as one only where one instruction makes both: count++ is a read and a write.
   */

  /** Of woven classes, in bytes. */
  private static final long MAX_REMEMBERED = 64L << 20;

  private final Cache<String, WovenJar> remembered =
      CacheBuilder.newBuilder()
          .maximumWeight(MAX_REMEMBERED)
          .weigher((String key, WovenJar jar) -> jar.size())
          .concurrencyLevel(1) // or a share of the weight would be the limit for one JAR
          .build();

  private final HostFields hostFields = new HostFields();
  private final HostClasses hostClasses = new HostClasses();

  /** Remembers nothing yet. */
  public Weaver() {}

  /**
   * What modules' imports are looked up in, for all machines that share this and expose nothing:
   * reading it anew takes longer than the rest of an insmod.
   */
  public HostClasses hostClasses() {
    return hostClasses;
  }

  /**
   * The classes of a JAR and its libraries with their choice points.
   *
   * @param classPath the JAR and the libraries that lay in it
   * @param linked the JARs of classes of other modules that it sees, by binary name
   * @param host what the modules of the machine see of the host
   * @throws UncheckedIOException if it cannot be read
   */
  public WovenJar weave(List<Path> classPath, Map<String, WovenJar> linked, HostClasses host) {
    try {
      String key = key(classPath, linked.values(), host);
      WovenJar known = remembered.getIfPresent(key);
      if (known == null) {
        known = weave(key, JarClasses.read(classPath), linked, host);
        remembered.put(key, known);
      }
      return known;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String key(List<Path> classPath, Collection<WovenJar> linked, HostClasses host)
      throws IOException {
    Hasher hasher = Hashing.sha256().newHasher();
    for (Path jar : classPath) {
      hasher.putBytes(Files.asByteSource(jar.toFile()).hash(Hashing.sha256()).asBytes());
    }
    linked.stream()
        .map(WovenJar::key)
        .distinct()
        .sorted()
        .forEach(library -> hasher.putString(library, StandardCharsets.UTF_8));
    host.exposed().forEach(each -> hasher.putString(each + ' ', StandardCharsets.UTF_8));
    return hasher.hash().toString();
  }

  private WovenJar weave(
      String key, JarClasses jar, Map<String, WovenJar> linked, HostClasses host) {
    Map<String, ClassFields> own = new LinkedHashMap<>();
    jar.types()
        .forEach((name, type) -> ClassFields.read(type.bytes()).ifPresent(f -> own.put(name, f)));
    SharedFields fields = new SharedFields(name -> find(name, own, linked, host));
    WovenJar.Builder woven = new WovenJar.Builder(key, jar.manifests(), own);
    jar.types()
        .forEach(
            (name, type) -> {
              byte[] bytes = weave(name, type.bytes(), fields, woven);
              woven.add(name, new WovenJar.Type(bytes, type.signers(), type.place()));
            });
    return woven.build();
  }

  /** By internal name; as the loader of modules sees them. */
  private ClassFields find(
      String name, Map<String, ClassFields> own, Map<String, WovenJar> linked, HostClasses host) {
    String className = name.replace('/', '.');
    if (host.isHostFirst(className)) {
      return hostFields.find(name);
    }
    WovenJar library = linked.get(className);
    if (library != null) {
      return library.fields(className);
    }
    ClassFields fields = own.get(className);
    return fields == null && host.isHostToo(className) ? hostFields.find(name) : fields;
  }

  /** One that cannot be woven stays as it is, and a note says so. */
  private static byte[] weave(
      String name, byte[] bytes, SharedFields fields, WovenJar.Builder woven) {
    String left = "class " + name + " has no choice points: ";
    try {
      ClassReader reader = new ClassReader(bytes);
      ClassWriter writer = new ClassWriter(reader, 0);
      ClassWeaver weaver = new ClassWeaver(writer, fields);
      reader.accept(weaver, 0);
      byte[] result = writer.toByteArray();
      weaver.notes().forEach(woven::note);
      return result;
    } catch (MethodTooLargeException e) {
      woven.note(left + "its method " + e.getMethodName() + " would be larger than 64 KB");
    } catch (ClassTooLargeException e) {
      woven.note(left + "its constant pool would be larger than the JVM allows");
    } catch (RuntimeException e) {
      woven.note(left + "it cannot be read: " + e);
    }
    return bytes;
  }
}
