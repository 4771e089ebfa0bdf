package jiffy.cli.kmod.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import jiffy.cli.kmod.index.ModuleIndex;
import jiffy.cli.kmod.index.TextFile;

/**
 * Finds and reads what configures modprobe.
 *
 * <p>Of files of one name, the one in the first directory counts: so a user's own file replaces one
 * that comes with a product. All are read in the order of their names, whatever their directories,
 * with the index's soft and weak dependencies among them.
 */
public final class ConfigFiles {
  private static final List<String> OF_THE_INDEX = List.of("modules.softdep", "modules.weakdep");

  private final Consumer<String> complaints;
  private final Function<IOException, String> reasons;

  /** What is read of a file. */
  private interface Source {
    String read() throws IOException;
  }

  /** A file under its name for messages. */
  private record Named(String name, Source source) {}

  private final TreeMap<String, Named> files = new TreeMap<>();

  private ConfigFiles(Consumer<String> complaints, Function<IOException, String> reasons) {
    this.complaints = complaints;
    this.reasons = reasons;
  }

  /**
   * Reads all.
   *
   * @param places directories, or single files, which may have any name; one that is not there is
   *     passed over
   * @param index whose soft and weak dependencies count, too
   * @param bootLine the kernel's command line, may be empty
   * @param complaints gets a sentence for each bad line or file
   * @param reasons why a file could not be read, in the user's words
   */
  public static ModprobeConfig read(
      List<Path> places,
      ModuleIndex index,
      String bootLine,
      Consumer<String> complaints,
      Function<IOException, String> reasons) {
    ConfigFiles found = new ConfigFiles(complaints, reasons);
    places.forEach(found::find);
    for (String name : OF_THE_INDEX) {
      index
          .text(name)
          .ifPresent(
              text -> found.add(name, new Named(index.directory().resolve(name) + "", () -> text)));
    }
    ModprobeConfig.Builder into = new ModprobeConfig.Builder();
    for (Map.Entry<String, Named> each : found.files.entrySet()) {
      found.parse(each.getValue(), into);
    }
    BootLine.read(bootLine, into);
    return new ModprobeConfig(into);
  }

  private void add(String name, Named file) {
    files.putIfAbsent(name, file);
  }

  private void find(Path place) {
    if (Files.isDirectory(place)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(place)) {
        for (Path entry : entries) {
          String name = entry.getFileName().toString();
          if (name.endsWith(".conf") && !name.startsWith(".") && !Files.isDirectory(entry)) {
            add(name, named(entry));
          }
        }
      } catch (IOException e) {
        complaints.accept("could not read directory " + place + ": " + reasons.apply(e));
      }
    } else if (Files.exists(place)) {
      add(place.getFileName().toString(), named(place));
    }
  }

  private static Named named(Path file) {
    return new Named(file.toString(), () -> TextFile.read(file));
  }

  private void parse(Named file, ModprobeConfig.Builder into) {
    try {
      ConfigParser.parse(file.name(), file.source().read(), into, complaints);
    } catch (IOException e) {
      complaints.accept("could not open '" + file.name() + "': " + reasons.apply(e));
    }
  }
}
