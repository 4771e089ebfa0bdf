package jiffy.runtime.module.file;

import java.util.Locale;
import java.util.regex.Pattern;

/** How modules are called: {@code -} and {@code _} are one letter, written {@code _}. */
public final class ModuleNames {
  /** Linux's MODULE_NAME_LEN, less the NUL. */
  private static final int LONGEST = 55;

  /** As build tools append it: {@code -1.0.2}, {@code -0.1-SNAPSHOT}. */
  private static final Pattern VERSION = Pattern.compile("(?<=.)-v?\\d.*");

  private static final Pattern NAME = Pattern.compile("\\w{1," + LONGEST + "}");

  private static final Pattern NOT_OF_A_NAME = Pattern.compile("\\W");

  private ModuleNames() {}

  /** The name as the kernel writes it. */
  public static String canonical(String name) {
    return name.replace('-', '_');
  }

  /**
   * The name of the module in a file that says none: up to its version and suffix. {@code
   * build/my-timer-1.0.jar} is {@code my_timer}.
   */
  public static String ofFile(String file) {
    String base = file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    String lower = base.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".jar")) {
      base = base.substring(0, base.length() - ".jar".length());
    }
    base = VERSION.matcher(base).replaceFirst("");
    int dot = base.indexOf('.');
    return canonical(dot < 0 ? base : base.substring(0, dot));
  }

  /**
   * The name of the module of a PF4J plugin: {@code org.acme.hello-1} is {@code org_acme_hello_1}.
   */
  public static String ofPlugin(String id) {
    return NOT_OF_A_NAME.matcher(id).replaceAll("_");
  }

  /** Whether a module may be called that. */
  static boolean isValid(String name) {
    return NAME.matcher(name).matches();
  }
}
