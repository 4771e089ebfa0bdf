package jiffy.testkit;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import jiffy.linux.KernelModule;
import jiffy.runtime.Version;
import jiffy.runtime.module.file.ModuleFile;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;

/**
 * Makes module JARs for tests: of source text, compiled against Jiffy's API in memory, or of the
 * classes that lie in a directory; sound ones and broken ones.
 *
 * <pre>{@code
 * Path jar = ModuleJar.of("""
 *     import static jiffy.linux.Printk.*;
 *     @jiffy.linux.ModuleInfo(license = "GPL")
 *     public final class Hello extends jiffy.linux.KernelModule {
 *       { module_init(() -> printk("Hello\\n")); module_exit(() -> {}); }
 *     }
 *     """).writeTo(dir.resolve("hello.jar"));
 * }</pre>
 *
 * <p>The manifest has what PF4J wants to know of a plugin ({@link #bare} leaves it out). A builder;
 * not thread safe.
 */
public final class ModuleJar {
  private static final Pattern PACKAGE = Pattern.compile("(?m)^\\s*package\\s+([\\w.]+)\\s*;");
  private static final Pattern TYPE =
      Pattern.compile("\\bpublic\\s+(?:\\w+\\s+)*(?:class|interface|enum|record)\\s+(\\w+)");

  /** At the beginning of a line: not within another type. */
  private static final Pattern ANY_TYPE =
      Pattern.compile("(?m)^(?:final |abstract )?(?:class|interface|enum|record)\\s+(\\w+)");

  /** Where a class file keeps its major version. */
  private static final int MAJOR_VERSION_AT = 6;

  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private boolean isBare;

  private ModuleJar() {
    attributes.put(ModuleFile.VERMAGIC, Version.VERMAGIC);
  }

  /** Compiles sources, at most one public class each, for Java 17. */
  public static ModuleJar of(String... sources) {
    return ofSources(List.of(), sources);
  }

  /**
   * Compiles sources against others that do not get into the JAR: what another module would have.
   */
  public static ModuleJar ofSources(List<String> compileOnly, String... sources) {
    Map<String, byte[]> others = compileOnly.isEmpty() ? Map.of() : compile(compileOnly);
    List<String> all = new ArrayList<>(compileOnly);
    all.addAll(Arrays.asList(sources));
    ModuleJar jar = new ModuleJar();
    compile(all)
        .forEach(
            (entry, bytes) -> {
              if (!others.containsKey(entry)) {
                jar.entries.put(entry, bytes);
              }
            });
    return jar;
  }

  /** Takes the class files of a package and of those below it. */
  public static ModuleJar ofPackage(Path classDirectory, String packageName) {
    ModuleJar jar = new ModuleJar();
    Path start = classDirectory.resolve(packageName.replace('.', '/'));
    try (Stream<Path> files = Files.walk(start)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String entry = classDirectory.relativize(file).toString().replace('\\', '/');
        jar.entries.put(entry, Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return jar;
  }

  /**
   * Takes the class files of a module that is on the class path, as a directory or as a JAR: those
   * of its package and of the packages below.
   */
  public static ModuleJar ofModule(Class<?> module) {
    try {
      Path code = Path.of(module.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(code)) {
        return ofPackage(code, module.getPackageName());
      }
      try (FileSystem jar = FileSystems.newFileSystem(code)) {
        return ofPackage(jar.getPath("/"), module.getPackageName());
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(module + " comes from no file", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A JAR without classes. */
  public static ModuleJar empty() {
    return new ModuleJar();
  }

  /**
   * Leaves out what PF4J wants in the manifest of a plugin, and the version of the API, as plain
   * {@code javac} and {@code jar} do. Otherwise that is there if one class extends KernelModule.
   */
  public ModuleJar bare() {
    isBare = true;
    attributes.remove(ModuleFile.VERMAGIC);
    return this;
  }

  /**
   * Adds an attribute to the manifest. {@code Jiffy-Vermagic}, the version of the API that it is
   * for, is there already.
   *
   * @param value null takes it away
   */
  public ModuleJar manifest(String name, String value) {
    if (value == null) {
      attributes.remove(name);
    } else {
      attributes.put(name, value);
    }
    return this;
  }

  /** Adds a file. */
  public ModuleJar entry(String name, byte[] bytes) {
    entries.put(name, bytes.clone());
    return this;
  }

  /**
   * Puts a library into the JAR, which is then on the module's class path.
   *
   * @param name its file name: {@code json-1.2.jar}
   */
  public ModuleJar library(String name, ModuleJar library) {
    return library(name, library.bytes());
  }

  /** As above, of bytes that need be no JAR. */
  public ModuleJar library(String name, byte[] bytes) {
    return entry("lib/" + name, bytes);
  }

  /** Adds all entries of another. */
  public ModuleJar plus(ModuleJar other) {
    entries.putAll(other.entries);
    return this;
  }

  /** A file that it has. */
  public byte[] bytesOf(String name) {
    byte[] bytes = entries.get(name);
    if (bytes == null) {
      throw new IllegalArgumentException("no " + name + " among " + entries.keySet());
    }
    return bytes.clone();
  }

  /** Leaves out a file; false promises are a way to break a JAR. */
  public ModuleJar without(String name) {
    entries.remove(name);
    return this;
  }

  /** Makes every class claim to be of that Java. */
  public ModuleJar ofJava(int feature) {
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      if (entry.getKey().endsWith(".class")) {
        byte[] patched = entry.getValue().clone();
        patched[MAJOR_VERSION_AT] = (byte) (feature + 44 >> 8);
        patched[MAJOR_VERSION_AT + 1] = (byte) (feature + 44);
        entry.setValue(patched);
      }
    }
    return this;
  }

  /** Writes it. @return the path */
  public Path writeTo(Path jar) {
    try {
      Files.write(jar, bytes());
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes only its first bytes. @return the path */
  public Path writeTruncatedTo(Path jar, int length) {
    try {
      Files.write(jar, Arrays.copyOf(bytes(), length));
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The JAR's bytes. */
  public byte[] bytes() {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    Map<String, String> all = new LinkedHashMap<>(isBare ? Map.of() : descriptor());
    all.putAll(attributes);
    all.forEach(
        (name, value) -> manifest.getMainAttributes().put(new Attributes.Name(name), value));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream out = new JarOutputStream(bytes, manifest)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        out.putNextEntry(new JarEntry(entry.getKey()));
        out.write(entry.getValue());
        out.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** What PF4J wants: an id, a version and a class. */
  private Map<String, String> descriptor() {
    List<String> modules = new ArrayList<>();
    entries.forEach(
        (entry, bytes) -> {
          if (entry.endsWith(".class") && isModule(bytes)) {
            modules.add(entry.substring(0, entry.length() - ".class".length()).replace('/', '.'));
          }
        });
    if (modules.size() != 1) {
      return Map.of();
    }
    String type = modules.get(0);
    String id = type.substring(type.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return Map.of("Plugin-Id", id, "Plugin-Version", "0.0.0", "Plugin-Class", type);
  }

  private static boolean isModule(byte[] bytes) {
    try {
      ClassReader type = new ClassReader(bytes);
      boolean isAbstract = (type.getAccess() & Opcodes.ACC_ABSTRACT) != 0;
      return !isAbstract && KernelModule.class.getName().equals(dotted(type.getSuperName()));
    } catch (RuntimeException e) {
      return false; // a test's broken one, or of a Java that is yet to come
    }
  }

  private static String dotted(String internalName) {
    return internalName == null ? "" : internalName.replace('/', '.');
  }

  private static Map<String, byte[]> compile(List<String> sources) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalStateException("no compiler: tests need a JDK, this is a JRE");
    }
    StringWriter messages = new StringWriter();
    Map<String, byte[]> classes = new LinkedHashMap<>();
    try (JavaFileManager files =
        new InMemory(compiler.getStandardFileManager(null, null, null), classes)) {
      List<String> options =
          List.of("--release", "17", "-proc:none", "-nowarn", "-g", "-classpath", classPath());
      List<Source> units = sources.stream().map(Source::new).toList();
      if (!compiler.getTask(messages, files, null, options, null, units).call()) {
        throw new IllegalArgumentException("does not compile:\n" + messages);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return classes;
  }

  /** The API, PF4J, and of the libraries that modules may see those that are here. */
  private static String classPath() {
    Set<String> path = new LinkedHashSet<>();
    for (String name :
        List.of(
            KernelModule.class.getName(),
            "org.pf4j.Plugin",
            "org.slf4j.Logger",
            "org.apache.logging.log4j.LogManager")) {
      try {
        Class<?> type = Class.forName(name, false, ModuleJar.class.getClassLoader());
        URI location = type.getProtectionDomain().getCodeSource().getLocation().toURI();
        path.add(Path.of(location).toString());
      } catch (ClassNotFoundException | URISyntaxException e) {
        continue; // a module that needs it will not compile, and say so
      }
    }
    return String.join(File.pathSeparator, path);
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///" + fileOf(text)), Kind.SOURCE);
      this.text = text;
    }

    private static String fileOf(String text) {
      Matcher inPackage = PACKAGE.matcher(text);
      Matcher type = TYPE.matcher(text);
      Matcher any = ANY_TYPE.matcher(text);
      String directory = inPackage.find() ? inPackage.group(1).replace('.', '/') + "/" : "";
      String name = type.find() ? type.group(1) : any.find() ? any.group(1) : "NoType";
      return directory + name + ".java";
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Keeps what the compiler writes. */
  private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, byte[]> classes;

    InMemory(JavaFileManager files, Map<String, byte[]> classes) {
      super(files);
      this.classes = classes;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      String entry = className.replace('.', '/') + kind.extension;
      return new SimpleJavaFileObject(URI.create("memory:///" + entry), kind) {
        @Override
        public OutputStream openOutputStream() {
          return new ByteArrayOutputStream() {
            @Override
            public void close() {
              classes.put(entry, toByteArray());
            }
          };
        }
      };
    }
  }
}
