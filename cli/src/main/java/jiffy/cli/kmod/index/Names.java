package jiffy.cli.kmod.index;

import jiffy.runtime.module.file.ModuleNames;

/** How modules and aliases are written: {@code -} and {@code _} are one letter. */
public final class Names {
  private Names() {}

  /** A module's name as the kernel writes it. */
  public static String module(String name) {
    return ModuleNames.canonical(name);
  }

  /** The name of the module in a file, by the file's name: up to its version and suffix. */
  public static String ofFile(String file) {
    return ModuleNames.ofFile(file);
  }

  /**
   * An alias or a pattern of one with underscores, but for what is in brackets: {@code a-b[0-9]} is
   * {@code a_b[0-9]}.
   *
   * @return null if a bracket is not closed, or closes nothing
   */
  public static String alias(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ']') {
        return null;
      }
      if (c == '[') {
        int end = text.indexOf(']', i + 1);
        if (end < 0) {
          return null;
        }
        out.append(text, i, end + 1);
        i = end;
      } else {
        out.append(c == '-' ? '_' : c);
      }
    }
    return out.toString();
  }

  /** Whether the text is looked up as a file: {@code /x}, {@code ./x}, {@code ../x}. */
  public static boolean isPath(String text) {
    return text.startsWith("/") || text.startsWith("./") || text.startsWith("../");
  }
}
