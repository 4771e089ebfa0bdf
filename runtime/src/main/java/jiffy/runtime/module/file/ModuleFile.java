package jiffy.runtime.module.file;

import static jiffy.linux.Errno.EIO;
import static jiffy.linux.Errno.ENOEXEC;

import java.io.IOException;
import java.nio.file.Files;
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
 * @param className binary name of the class that extends KernelModule, or of the PF4J plugin's
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
 * @param plugin what PF4J knows of it
 * @param remarks what is odd about it, though it can be loaded: lines for the log
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
    String vermagic,
    PluginFacts plugin,
    List<String> remarks) {

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
    List<Library> libraries = new ArrayList<>();
    try {
      Library.copyOut(jar, file, entry -> Files.createTempFile("jiffy-lib", ".jar"), libraries);
      return read(jar, libraries, file, host);
    } catch (IOException e) {
      throw new BadModuleException(EIO, file + ": cannot be read: " + e.getMessage());
    } finally {
      libraries.forEach(library -> library.path().toFile().delete());
    }
  }

  /** As above, of a copy, whose libraries lie beside it. */
  public static ModuleFile read(PrivateCopy copy, String file, HostClasses host)
      throws BadModuleException {
    return read(copy.path(), copy.libraries(), file, host);
  }

  private static ModuleFile read(Path path, List<Library> libraries, String file, HostClasses host)
      throws BadModuleException {
    try {
      JarContents jar = JarContents.read(path, libraries, file);
      List<String> remarks = new ArrayList<>(jar.remarks());
      PluginFacts plugin = PluginFacts.of(file, jar, remarks);
      Reading reading = new Reading(file, jar, plugin, remarks, host);
      ClassFacts type = reading.moduleClass();
      return type == null ? reading.plainPlugin() : reading.module(type);
    } catch (ClassCastException e) {
      throw new BadModuleException(
          ENOEXEC,
          file + ": an annotation has a value of a wrong type: compile it against Jiffy's API");
    } catch (RuntimeException | StackOverflowError e) { // a class file made to confuse its readers
      throw new BadModuleException(ENOEXEC, file + ": cannot be understood: " + e);
    }
  }

  /** The steps of {@link #read}, which share what was read and the name for messages. */
  private record Reading(
      String file, JarContents jar, PluginFacts plugin, List<String> remarks, HostClasses host) {
    ModuleFile module(ClassFacts type) throws BadModuleException {
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
          Imports.of(jar.classes, jar.readers, List.of(type.name()), host),
          Exports.of(file, jar.classes, host),
          plugin.requires(),
          modinfo(info, name, params),
          attribute(VERMAGIC),
          plugin,
          List.copyOf(remarks));
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

    ModuleFile plainPlugin() throws BadModuleException {
      return PlainPlugin.read(file, jar, plugin, ParamFields.of(file, jar.classes), remarks, host);
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

    /** Null: it is none, but a PF4J plugin. */
    ClassFacts moduleClass() throws BadModuleException {
      String named = plugin.className();
      if (named.isEmpty() || named.equals(PlainPlugin.NO_CLASS)) {
        return onlyModuleClass();
      }
      ClassFacts type = jar.classes.get(named.replace('.', '/'));
      if (type == null) {
        throw bad("its descriptor says Plugin-Class: " + named + ", but there is no such class");
      }
      return isModule(type) ? type : null;
    }

    private ClassFacts onlyModuleClass() throws BadModuleException {
      List<ClassFacts> found = new ArrayList<>();
      for (ClassFacts type : jar.ownClasses.values()) {
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
      if (found.isEmpty() && plugin.id().isEmpty()) {
        throw bad(
            "no kernel module: no class in it extends jiffy.linux.KernelModule; and no PF4J plugin:"
                + " neither its manifest has a Plugin-Id, nor a plugin.properties a plugin.id");
      }
      if (found.isEmpty()) {
        return null;
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
