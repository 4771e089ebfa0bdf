package jiffy.runtime.module.file;

import static jiffy.linux.Errno.ENOEXEC;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.stream.Collectors;
import jiffy.runtime.module.param.ParamSpec;

/**
 * What a module's JAR says of itself. Strings only, so it may outlive the module.
 *
 * @param name module name
 * @param className binary name of the class that extends KernelModule
 * @param license null if it says none
 * @param authors one a string
 * @param description may be empty
 * @param version may be empty
 * @param aliases one a string
 * @param softdeps one a string
 * @param params in the order of the class files
 * @param imports what must come from other modules
 * @param exports what other modules may use
 * @param requires version constraint on the kernel ({@code Plugin-Requires}); may be empty
 * @param modinfo all that it says of itself in pairs
 * @param vermagic major.minor of the API that it was built for ({@code Jiffy-Vermagic}); may be
 *     empty
 */
public record ModuleFile(
    String name,
    String className,
    String license,
    List<String> authors,
    String description,
    String version,
    List<String> aliases,
    List<String> softdeps,
    List<ParamSpec> params,
    List<Import> imports,
    Exports exports,
    String requires,
    Modinfo modinfo,
    String vermagic) {

  /** The manifest's attribute for {@link #vermagic}. */
  public static final String VERMAGIC = "Jiffy-Vermagic";

  private static final String KERNEL_MODULE = "jiffy/linux/KernelModule";

  /**
   * Reads and verifies a JAR.
   *
   * @param jar where it lies
   * @param file its name for messages, and for the module's name if it says none itself
   * @throws BadModuleException ENOEXEC with a line for the log, or EIO
   */
  public static ModuleFile read(Path jar, String file, HostClasses host) throws BadModuleException {
    try {
      return new Reading(file, JarContents.read(jar, file)).module(host);
    } catch (ClassCastException e) {
      throw new BadModuleException(
          ENOEXEC,
          file + ": an annotation has a value of a wrong type: compile it against Jiffy's API");
    }
  }

  /** The steps of {@link #read}, which share what was read and the name for messages. */
  private record Reading(String file, JarContents jar) {
    ModuleFile module(HostClasses host) throws BadModuleException {
      refusePluginDependencies();
      ClassFacts type = moduleClass();
      checkInstantiable(type);
      Map<String, Object> info = type.moduleInfo() == null ? Map.of() : type.moduleInfo();
      String name = name(info);
      List<ParamSpec> params = ParamFields.of(file, jar.classes);
      return new ModuleFile(
          name,
          type.className(),
          (String) info.get("license"),
          strings(info, "author"),
          (String) info.getOrDefault("description", ""),
          (String) info.getOrDefault("version", ""),
          strings(info, "alias"),
          strings(info, "softdep"),
          params,
          Imports.of(jar.classes, jar.readers, type.name(), host),
          Exports.of(file, jar.classes),
          attribute("Plugin-Requires"),
          modinfo(info, name, params),
          attribute(VERMAGIC));
    }

    private Modinfo modinfo(Map<String, Object> info, String name, List<ParamSpec> params)
        throws BadModuleException {
      List<Modinfo.Pair> found = new ArrayList<>();
      found.add(new Modinfo.Pair("name", name));
      if (!info.getOrDefault("version", "").equals("")) { // as MODULE_VERSION has it made
        found.add(new Modinfo.Pair("srcversion", SourceVersion.of(jar.readers)));
      }
      if (!attribute(VERMAGIC).isEmpty()) {
        found.add(new Modinfo.Pair("vermagic", attribute(VERMAGIC)));
      }
      try {
        return Modinfo.of(info, params, found);
      } catch (IllegalArgumentException e) {
        throw bad(e.getMessage());
      }
    }

    private String attribute(String key) {
      String value = jar.manifest.getValue(new Attributes.Name(key));
      return value == null ? "" : value.trim();
    }

    private static List<String> strings(Map<String, Object> info, String key) {
      Object values = info.getOrDefault(key, List.of());
      return ((List<?>) values).stream().map(String.class::cast).collect(Collectors.toList());
    }

    private BadModuleException bad(String sentence) {
      return new BadModuleException(ENOEXEC, file + ": " + sentence);
    }

    private String name(Map<String, Object> info) throws BadModuleException {
      String given = (String) info.getOrDefault("name", "");
      String name = given.isEmpty() ? ModuleNames.ofFile(file) : ModuleNames.canonical(given);
      if (!ModuleNames.isValid(name)) {
        throw bad(
            "'"
                + name
                + "' is no module name: 1 to 55 letters, digits and _; say one with"
                + " @ModuleInfo(name = ...)");
      }
      return name;
    }

    private void refusePluginDependencies() throws BadModuleException {
      for (String dependency : attribute("Plugin-Dependencies").split(",")) {
        if (!dependency.isBlank() && !dependency.contains("?")) {
          throw bad(
              "Plugin-Dependencies ("
                  + dependency.trim()
                  + ") are not for kernel modules: what"
                  + " one needs of another is found by its symbols");
        }
      }
    }

    private ClassFacts moduleClass() throws BadModuleException {
      String named = attribute("Plugin-Class");
      if (named.isEmpty()) {
        return onlyModuleClass();
      }
      ClassFacts type = jar.classes.get(named.replace('.', '/'));
      if (type == null) {
        throw bad("its manifest says Plugin-Class: " + named + ", but there is no such class");
      }
      if (!isModule(type)) {
        throw bad(
            "a PF4J plugin, but no kernel module: "
                + named
                + " does not extend"
                + " jiffy.linux.KernelModule");
      }
      return type;
    }

    private ClassFacts onlyModuleClass() throws BadModuleException {
      List<ClassFacts> found = new ArrayList<>();
      for (ClassFacts type : jar.classes.values()) {
        if (isModule(type) && !type.isAbstract()) {
          found.add(type);
        } else if (type.moduleInfo() != null && !isModule(type)) {
          throw bad(
              type.className() + " has @ModuleInfo, but does not extend jiffy.linux.KernelModule");
        }
      }
      if (found.size() > 1) {
        List<ClassFacts> marked = new ArrayList<>(found);
        marked.removeIf(type -> type.moduleInfo() == null);
        found = marked.size() == 1 ? marked : found;
      }
      if (found.isEmpty()) {
        throw bad("no kernel module: no class in it extends jiffy.linux.KernelModule");
      }
      if (found.size() > 1) {
        String names =
            found.stream().map(ClassFacts::className).sorted().collect(Collectors.joining(", "));
        throw bad(
            "several classes extend jiffy.linux.KernelModule ("
                + names
                + "): a JAR is one"
                + " module; say which with Plugin-Class in the manifest");
      }
      return found.get(0);
    }

    private boolean isModule(ClassFacts type) {
      ClassFacts at = type;
      for (int depth = 0; at != null && depth <= jar.classes.size(); depth++) {
        if (KERNEL_MODULE.equals(at.superName())) {
          return true;
        }
        at = at.superName() == null ? null : jar.classes.get(at.superName());
      }
      return false;
    }

    private void checkInstantiable(ClassFacts type) throws BadModuleException {
      if (type.isAbstract()) {
        throw bad(type.className() + " is abstract: the module class must be a plain one");
      }
      if (!type.declares("<init>", "()V")) {
        throw bad(
            type.className()
                + " has no constructor without parameters, or is an inner class that"
                + " is not static");
      }
    }
  }
}
