package jiffy.cli.kmod.depmod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import jiffy.linux.Errno;
import jiffy.runtime.module.file.BadModuleException;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.file.ModuleFile;

/**
 * Reads module JARs, each once for as long as it is the same file: one with another size, time or
 * identity is read again. Asked for the same directories again, it looks at the files' attributes
 * and nothing else. Thread safe.
 */
public final class ModuleScan {
  /** More than a host has modules. */
  private static final int MOST_KNOWN = 20_000;

  /** What is said of a file that no index can have. */
  static final String BAD_NAME = ": a name with blanks or colons cannot be looked up: left out";

  /** What a file was when it was read. */
  private record Stamp(long size, FileTime mtime, Object key) {}

  private record Read(Stamp stamp, ScannedJar jar) {}

  /**
   * The index of directories that have none on disk.
   *
   * @param base what relative paths in the texts start from: the first directory
   * @param texts the index files by name, as depmod would write them
   * @param problems a sentence each: JARs that are no modules, cycles, names that are there twice
   */
  public record Index(Path base, Map<String, String> texts, List<String> problems) {}

  /** The index made last, and of what. */
  private record Made(List<Path> directories, Map<Path, Stamp> files, Index index) {}

  private final HostClasses host = new HostClasses();
  private final Map<Path, Read> known = new ConcurrentHashMap<>();
  private final AtomicReference<Made> last = new AtomicReference<>();

  /** Nothing read yet. */
  public ModuleScan() {}

  /**
   * The index of some directories, those in an earlier one coming first: of modules of one name the
   * first counts. Directories within them are not looked into; one that is not there is empty.
   *
   * @param directories absolute; at least one
   * @param unreadable gets those that cannot be listed, each with the reason; the others count
   */
  public Index index(List<Path> directories, BiConsumer<Path, IOException> unreadable) {
    Map<Path, Stamp> files = new LinkedHashMap<>();
    for (Path directory : directories) {
      try {
        for (Path jar : JarFiles.in(directory)) {
          files.putIfAbsent(jar, stamp(jar));
        }
      } catch (IOException e) {
        unreadable.accept(directory, e);
      }
    }
    Made before = last.get();
    if (before != null && before.directories.equals(directories) && before.files.equals(files)) {
      return before.index;
    }
    Index index = make(directories, List.copyOf(files.keySet()));
    last.set(new Made(List.copyOf(directories), files, index));
    return index;
  }

  private Index make(List<Path> directories, List<Path> files) {
    Map<String, ScannedJar> byName = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (Path file : files) {
      ScannedJar jar = read(file);
      if (!jar.hasPlainName()) {
        problems.add(file + BAD_NAME);
        continue;
      }
      ScannedJar first = byName.putIfAbsent(jar.name(), jar);
      if (first != null) {
        problems.add(file + ": module " + jar.name() + " is " + first.path() + " already");
      } else if (jar.problem() != null) {
        problems.add(jar.problem());
      }
    }
    DependencyGraph graph = new DependencyGraph(List.copyOf(byName.values()));
    List<List<String>> cycles = Cycles.of(graph).found();
    cycles.forEach(cycle -> problems.add("Cycle detected: " + String.join(" -> ", cycle)));
    IndexTexts texts = new IndexTexts(directories.get(0), graph);
    Map<String, String> all = texts.all();
    problems.addAll(texts.warnings());
    return new Index(directories.get(0), all, List.copyOf(problems));
  }

  /** Reads a JAR. */
  public ScannedJar read(Path jar) {
    Stamp stamp = stamp(jar);
    Read before = known.get(jar);
    if (before != null && before.stamp.equals(stamp)) {
      return before.jar;
    }
    ScannedJar now = readNow(jar);
    if (known.size() >= MOST_KNOWN) {
      known.clear(); // of files that are long gone, most of them
    }
    known.put(jar, new Read(stamp, now));
    return now;
  }

  private ScannedJar readNow(Path jar) {
    if (Files.exists(jar) && !Files.isRegularFile(jar)) {
      return new ScannedJar(jar, null, Errno.EINVAL, null); // a pipe might never end
    }
    try {
      return new ScannedJar(jar, ModuleFile.read(jar, jar.toString(), host), 0, null);
    } catch (BadModuleException e) {
      return new ScannedJar(jar, null, e.errno(), e.getMessage());
    }
  }

  /**
   * The modules whose symbols a module uses, in the order in which it does. Those beside its file
   * come before all others that have the same symbols.
   *
   * @param places further directories where they may be
   * @param isDeep whether the directories below these are looked into, too
   */
  public List<ScannedJar> librariesOf(ScannedJar user, List<Path> places, boolean isDeep) {
    if (user.imports().isEmpty() && user.needs().isEmpty()) {
      return List.of();
    }
    Set<Path> files = new LinkedHashSet<>(JarFiles.orNone(user.path().getParent()));
    places.forEach(each -> files.addAll(isDeep ? JarFiles.below(each) : JarFiles.orNone(each)));
    Set<String> wanted =
        user.imports().stream().map(i -> i.owner() + ".class").collect(Collectors.toSet());
    Map<String, ScannedJar> byName = new LinkedHashMap<>();
    byName.put(user.name(), user);
    for (Path file : files) {
      if (!user.needs().isEmpty() || hasAny(file, wanted)) {
        ScannedJar jar = read(file);
        byName.putIfAbsent(jar.name(), jar);
      }
    }
    return new DependencyGraph(List.copyOf(byName.values())).librariesOf(user);
  }

  /** Looks into the JAR's directory only: most have nothing to do with it. */
  private static boolean hasAny(Path jar, Set<String> entries) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
        if (entries.contains(all.nextElement().getName())) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  private static Stamp stamp(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(now.size(), now.lastModifiedTime(), now.fileKey());
    } catch (IOException e) {
      return new Stamp(-1, FileTime.fromMillis(0), null); // gone meanwhile: reading it will say so
    }
  }
}
