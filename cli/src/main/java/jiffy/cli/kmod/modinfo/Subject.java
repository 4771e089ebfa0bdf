package jiffy.cli.kmod.modinfo;

import jiffy.runtime.module.file.Modinfo;

/**
 * A module to be shown.
 *
 * @param name as the kernel writes it
 * @param filename null if it is built in
 * @param modinfo what it says of itself
 */
public record Subject(String name, String filename, Modinfo modinfo) {
  static final String BUILTIN = "(builtin)";

  String shownFilename() {
    return filename == null ? BUILTIN : filename;
  }
}
