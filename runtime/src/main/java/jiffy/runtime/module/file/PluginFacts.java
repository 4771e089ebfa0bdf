package jiffy.runtime.module.file;

import static jiffy.linux.Errno.ENOEXEC;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.jar.Attributes;
import org.pf4j.PluginDependency;

/**
 * What PF4J would read in a JAR: {@code plugin.properties} if there is one, else the manifest, as
 * its DefaultPluginManager; and its extensions. Strings only.
 *
 * @param id empty if it says none
 * @param className as given; empty: it says none
 * @param version as given
 * @param description as given
 * @param provider as given
 * @param license null if it says none
 * @param requires version constraint on the host
 * @param dependencies in the order given
 * @param extensions by binary name of the class, what each wants to be there: ids of plugins
 * @param isPlain whether it is no kernel module, but a plugin that never heard of Jiffy
 */
public record PluginFacts(
    String id,
    String className,
    String version,
    String description,
    String provider,
    String license,
    String requires,
    List<PluginDependency> dependencies,
    Map<String, List<String>> extensions,
    boolean isPlain) {

  /** Of a JAR that says nothing. */
  public static final PluginFacts NONE =
      new PluginFacts("", "", "", "", "", null, "", List.of(), Map.of(), false);

  private static final String PLUGIN = "org/pf4j/Plugin";

  /**
   * @param remarks takes what is odd, but no reason to refuse the JAR
   * @throws BadModuleException if the descriptor cannot be read
   */
  static PluginFacts of(String file, JarContents jar, List<String> remarks)
      throws BadModuleException {
    UnaryOperator<String> value = descriptor(file, jar);
    return new PluginFacts(
        value.apply("id"),
        value.apply("class"),
        value.apply("version"),
        value.apply("description"),
        value.apply("provider"),
        value.apply("license").isEmpty() ? null : value.apply("license"),
        value.apply("requires"),
        dependencies(file, value.apply("id"), value.apply("dependencies")),
        extensions(jar, remarks),
        false);
  }

  /** Names of the modules that it cannot do without, in the order given. */
  public List<String> needs() {
    return dependencies.stream()
        .filter(each -> !each.isOptional())
        .map(each -> ModuleNames.ofPlugin(each.getPluginId()))
        .toList();
  }

  /** The same, of a JAR that is no kernel module. */
  PluginFacts plain() {
    return new PluginFacts(
        id,
        className,
        version,
        description,
        provider,
        license,
        requires,
        dependencies,
        extensions,
        true);
  }

  /** From {@code id} to the value of {@code plugin.id} or {@code Plugin-Id}; empty without one. */
  private static UnaryOperator<String> descriptor(String file, JarContents jar)
      throws BadModuleException {
    if (jar.properties == null) {
      return key -> trimmed(jar.manifest.getValue(new Attributes.Name("Plugin-" + key)));
    }
    Properties properties = new Properties();
    try {
      properties.load(new ByteArrayInputStream(jar.properties));
    } catch (IOException | IllegalArgumentException e) {
      throw new BadModuleException(
          ENOEXEC, file + ": plugin.properties cannot be read: " + e.getMessage());
    }
    return key -> trimmed(properties.getProperty("plugin." + key));
  }

  private static String trimmed(String value) {
    return value == null ? "" : value.trim();
  }

  private static List<PluginDependency> dependencies(String file, String id, String list)
      throws BadModuleException {
    List<PluginDependency> dependencies = new ArrayList<>();
    for (String each : list.split(",")) {
      if (each.isBlank()) {
        continue;
      }
      PluginDependency dependency = new PluginDependency(each.trim());
      String wanted = dependency.getPluginId();
      if (wanted.isBlank() || wanted.equals(id)) {
        throw new BadModuleException(
            ENOEXEC,
            file
                + ": Plugin-Dependencies: '"
                + each.trim()
                + "' names "
                + (wanted.isBlank() ? "no plugin" : "the plugin itself"));
      }
      dependencies.add(dependency);
    }
    return List.copyOf(dependencies);
  }

  /**
   * Those of the index that PF4J's annotation processor writes; without one, since javac runs no
   * processor on its own from Java 23 on, the classes with the annotation.
   */
  private static Map<String, List<String>> extensions(JarContents jar, List<String> remarks) {
    Set<String> names = new LinkedHashSet<>();
    if (jar.extensions == null) {
      jar.classes.values().stream()
          .filter(type -> type.extension() != null && !type.isAbstract())
          .forEach(type -> names.add(type.className()));
    } else {
      new String(jar.extensions, StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.replaceFirst("#.*", "").trim())
          .filter(line -> !line.isEmpty())
          .forEach(names::add);
    }
    Map<String, List<String>> extensions = new LinkedHashMap<>();
    for (String name : names) {
      ClassFacts type = jar.classes.get(name.replace('.', '/'));
      if (type == null) {
        remarks.add("META-INF/extensions.idx names " + name + ", but there is no such class");
      } else {
        extensions.put(name, required(type));
      }
    }
    return Map.copyOf(extensions);
  }

  private static List<String> required(ClassFacts type) {
    Map<String, Object> values = type.extension() == null ? Map.of() : type.extension();
    List<?> plugins = (List<?>) values.getOrDefault("plugins", List.of());
    return plugins.stream().map(String.class::cast).toList();
  }

  /**
   * Whether a class is a PF4J plugin's: null if its ancestors leave the JAR before that can be
   * told, for a class that another plugin may have.
   */
  static Boolean isPlugin(ClassFacts type, JarContents jar, HostClasses host) {
    ClassFacts at = type;
    for (int depth = 0; depth <= jar.classes.size(); depth++) {
      String above = at.superName();
      if (above == null) {
        return false;
      }
      if (above.equals(PLUGIN)) {
        return true;
      }
      at = jar.classes.get(above);
      if (at == null) {
        at = host.find(above);
      }
      if (at == null) {
        return null;
      }
    }
    return false;
  }
}
