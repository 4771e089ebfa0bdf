package jiffy.runtime.module;

/** Modules as source text. */
final class Sources {
  private static final String HEAD =
      """
      import static jiffy.linux.Printk.*;
      import jiffy.linux.*;

      """;

  /** Prints, and returns what {@code ret} says. */
  static final String INITRET =
      HEAD
          + """
            @ModuleInfo(license = "GPL")
            public final class InitRet extends KernelModule {
              @ModuleParam("value that init returns") static int ret;
              { module_init(InitRet::init); module_exit(() -> printk("initret: exit called")); }
              static int init() {
                printk("initret: init returns %d", ret);
                return ret;
              }
            }
            """;

  private Sources() {}

  /** A module that prints {@code NAME: init} and {@code NAME: exit}. */
  static String hello(String className) {
    return hello(className, "@ModuleInfo(license = \"GPL\")");
  }

  static String hello(String className, String annotation) {
    return module(
        className,
        annotation,
        "{ module_init(" + className + "::init); module_exit(" + className + "::exit); }",
        "static int init() { printk(\"" + className + ": init\"); return 0; }",
        "static void exit() { printk(\"" + className + ": exit\"); }");
  }

  /** A module of the given members. */
  static String module(String className, String annotation, String... members) {
    return HEAD
        + annotation
        + " public final class "
        + className
        + " extends KernelModule {\n"
        + String.join("\n", members)
        + "\n}\n";
  }

  /** A module with GPL licence of the given members. */
  static String gpl(String className, String... members) {
    return module(className, "@ModuleInfo(license = \"GPL\")", members);
  }
}
