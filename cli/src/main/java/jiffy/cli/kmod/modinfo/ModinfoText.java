package jiffy.cli.kmod.modinfo;

import java.util.List;
import jiffy.runtime.module.file.Modinfo;

/** Shows a module as {@code modinfo} does. */
public final class ModinfoText {
  /** Where the values stand. */
  private static final int COLUMN = 16;

  private final String end;

  /**
   * @param isNul whether lines end with NUL, so that values may have newlines
   */
  public ModinfoText(boolean isNul) {
    this.end = isNul ? "\0" : "\n";
  }

  /** The first lines of the list of everything: they come even if the file cannot be read. */
  public String head(Subject subject) {
    String filename = line("filename", subject.shownFilename());
    return subject.filename() == null ? line("name", subject.name()) + filename : filename;
  }

  /** The list of everything, after its head. */
  public String body(Subject subject) {
    StringBuilder text = new StringBuilder();
    for (Modinfo.Pair pair : subject.modinfo().pairs()) {
      if (!Parm.isParm(pair.key())) {
        text.append(
            end.equals("\n")
                ? line(pair.key(), pair.value())
                : pair.key() + "=" + pair.value() + end);
      }
    }
    Parm.of(subject.modinfo()).forEach(parm -> text.append(line("parm", parm.inList())));
    return text.toString();
  }

  private String line(String key, String value) {
    String label = key + ":";
    return label + " ".repeat(Math.max(1, COLUMN - label.length())) + value + end;
  }

  /** The values of one key, {@code filename} and {@code parm} among them. */
  public String field(Subject subject, String key) {
    List<String> values =
        switch (key) {
          case "filename" -> List.of(subject.shownFilename());
          case "parm" -> Parm.of(subject.modinfo()).stream().map(Parm::alone).toList();
          default -> subject.modinfo().all(key);
        };
    StringBuilder text = new StringBuilder();
    values.forEach(value -> text.append(value).append(end));
    return text.toString();
  }
}
