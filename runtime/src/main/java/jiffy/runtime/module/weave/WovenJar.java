package jiffy.runtime.module.weave;

import java.security.CodeSigner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Manifest;

/**
 * The classes of a JAR and its libraries with their choice points. Holds no loader and no class.
 * Immutable.
 */
public final class WovenJar {
  /** One class file. The arrays are not to be changed. */
  public static final class Type {
    private final byte[] bytes;
    private final CodeSigner[] signers;
    private final int place;

    /**
     * @param signers null: not signed
     * @param place which JAR of the class path it is from
     */
    Type(byte[] bytes, CodeSigner[] signers, int place) {
      this.bytes = bytes;
      this.signers = signers;
      this.place = place;
    }

    /** Which JAR of the class path it is from; the module's own is 0. */
    public int place() {
      return place;
    }

    /** The class file. */
    public byte[] bytes() {
      return bytes;
    }

    /** Null: not signed. */
    public CodeSigner[] signers() {
      return signers;
    }
  }

  /** Collects it, class by class. */
  static final class Builder {
    private final String key;
    private final List<Manifest> manifests;
    private final Map<String, ClassFields> fields;
    private final Map<String, Type> types = new HashMap<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * @param fields those of each class, by binary name
     */
    Builder(String key, List<Manifest> manifests, Map<String, ClassFields> fields) {
      this.key = key;
      this.manifests = manifests;
      this.fields = fields;
    }

    void add(String name, Type type) {
      types.put(name, type);
    }

    void note(String text) {
      notes.add(text);
    }

    WovenJar build() {
      return new WovenJar(this);
    }
  }

  private final String key;
  private final List<Manifest> manifests;
  private final Map<String, ClassFields> fields;
  private final Map<String, Type> types;
  private final List<String> notes;
  private final int size;

  private WovenJar(Builder builder) {
    key = builder.key;
    manifests = List.copyOf(builder.manifests);
    fields = Map.copyOf(builder.fields);
    types = Map.copyOf(builder.types);
    notes = List.copyOf(builder.notes);
    size = types.values().stream().mapToInt(type -> type.bytes.length).sum();
  }

  /** What it was woven from: the same for equal JARs that link to equal ones. */
  String key() {
    return key;
  }

  /** The manifest of a JAR of the class path, empty without one; not to be changed. */
  public Manifest manifest(int place) {
    return manifests.get(place);
  }

  /** The class of that binary name, or null. */
  public Type find(String className) {
    return types.get(className);
  }

  /** What the class of that binary name declares, or null. */
  ClassFields fields(String className) {
    return fields.get(className);
  }

  /** For the log: what makes runs differ, and classes that could not be woven. */
  public List<String> notes() {
    return notes;
  }

  /** In bytes. */
  int size() {
    return size;
  }
}
