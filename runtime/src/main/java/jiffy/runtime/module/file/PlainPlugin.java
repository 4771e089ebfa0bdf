package jiffy.runtime.module.file;

import static jiffy.linux.Errno.ENOEXEC;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jiffy.runtime.module.param.ParamSpec;

/** An ordinary PF4J plugin, read as a module: what PF4J asks of one, and where its parts go. */
final class PlainPlugin {
  /** What PF4J makes an instance of if the descriptor names no class. */
  static final String NO_CLASS = "org.pf4j.Plugin";

  private static final String WITH_WRAPPER = "(Lorg/pf4j/PluginWrapper;)V";

  private PlainPlugin() {}

  /**
   * @param params static fields with {@code @ModuleParam}, if it has heard of Jiffy after all
   * @param remarks what is odd about it
   * @throws BadModuleException ENOEXEC: PF4J would not take it either, or its id makes no name
   */
  static ModuleFile read(
      String file,
      JarContents jar,
      PluginFacts plugin,
      List<ParamSpec> params,
      List<String> remarks,
      HostClasses host)
      throws BadModuleException {
    ClassFacts type = pluginClass(file, jar, plugin, host);
    if (plugin.id().isEmpty()) {
      throw bad(
          file,
          type.className()
              + " is a PF4J plugin's class, but there is no Plugin-Id in the manifest and no"
              + " plugin.id in a plugin.properties");
    }
    if (plugin.version().isEmpty()) {
      throw bad(file, "plugin " + plugin.id() + " has no version: say one with Plugin-Version");
    }
    String name = ModuleNames.ofPlugin(plugin.id());
    if (!ModuleNames.isValid(name)) {
      throw bad(file, "Plugin-Id '" + plugin.id() + "' makes no module name: 1 to 55 characters");
    }
    return new ModuleFile(
        name,
        type == null ? NO_CLASS : type.className(),
        plugin.license(),
        plugin.provider().isEmpty() ? List.of() : List.of(plugin.provider()),
        plugin.description(),
        plugin.version(),
        List.of(),
        List.of(),
        params,
        Imports.of(jar.classes, jar.readers, roots(type, jar, plugin), host),
        Exports.of(file, jar.classes, host),
        plugin.requires(),
        modinfo(name, jar, plugin, params),
        "",
        plugin.plain(),
        List.copyOf(remarks));
  }

  /** As if its descriptor were the macros of a C file, in the order that most of these have. */
  private static Modinfo modinfo(
      String name, JarContents jar, PluginFacts plugin, List<ParamSpec> params) {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("license", plugin.license());
    said.put("author", plugin.provider());
    said.put("description", plugin.description());
    said.put("version", plugin.version());
    said.values().removeIf(value -> value == null || value.equals(""));
    return Modinfo.of(
        said,
        params,
        List.of(
            new Modinfo.Pair("name", name),
            new Modinfo.Pair("srcversion", SourceVersion.of(jar.readers))));
  }

  /** Null: it has none, which is fine. */
  private static ClassFacts pluginClass(
      String file, JarContents jar, PluginFacts plugin, HostClasses host)
      throws BadModuleException {
    if (plugin.className().isEmpty() || plugin.className().equals(NO_CLASS)) {
      return null;
    }
    ClassFacts type = jar.classes.get(plugin.className().replace('.', '/'));
    if (Boolean.FALSE.equals(PluginFacts.isPlugin(type, jar, host))) {
      throw bad(
          file,
          plugin.className()
              + " extends neither jiffy.linux.KernelModule nor org.pf4j.Plugin, but Plugin-Class"
              + " names it");
    }
    if (type.isAbstract()) {
      throw bad(file, type.className() + " is abstract: the plugin class must be a plain one");
    }
    if (!type.declares("<init>", "()V") && !type.declares("<init>", WITH_WRAPPER)) {
      throw bad(
          file,
          type.className()
              + " has no constructor that PF4J could call: one without parameters, or with a"
              + " PluginWrapper");
    }
    return type;
  }

  /** Whose packages are the plugin's own. */
  private static List<String> roots(ClassFacts type, JarContents jar, PluginFacts plugin) {
    List<String> roots = new ArrayList<>();
    if (type != null) {
      roots.add(type.name());
    }
    plugin.extensions().keySet().stream()
        .map(name -> name.replace('.', '/'))
        .filter(jar.ownClasses::containsKey)
        .forEach(roots::add);
    return roots;
  }

  private static BadModuleException bad(String file, String sentence) {
    return new BadModuleException(ENOEXEC, file + ": " + sentence);
  }
}
