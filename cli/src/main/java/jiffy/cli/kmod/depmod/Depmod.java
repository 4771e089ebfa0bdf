package jiffy.cli.kmod.depmod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import jiffy.cli.kmod.index.TextFile;
import jiffy.cli.kmod.modinfo.BuiltinModinfo;
import jiffy.runtime.module.file.ModuleNames;

/**
 * One run of depmod over the tree of one kernel version: finds the modules, orders them as {@code
 * modules.order} does, resolves their symbols, and writes or shows the index files.
 */
public final class Depmod {
  /**
   * What is asked for.
   *
   * @param directory the tree, absolute: ROOT/lib/modules/VERSION
   * @param output where the index files go; null: nowhere, the modules are only checked
   * @param version of the kernel
   * @param places directories and files that configure depmod
   * @param files the only modules to look at; null: all of the tree
   * @param known with -e: symbols that are not missed; null: none is looked for
   * @param isQuick -A: only if a module is newer than the index
   * @param isShown -n: to standard output
   * @param warnsOfDuplicates -w
   * @param isVerbose -v
   */
  public record Request(
      Path directory,
      Path output,
      String version,
      List<Path> places,
      List<Path> files,
      KnownSymbols known,
      boolean isQuick,
      boolean isShown,
      boolean warnsOfDuplicates,
      boolean isVerbose) {}

  private static final String ORDER = "modules.order";

  private final ModuleScan scan;
  private final Request request;
  private final DepmodConfig config;
  private final List<Report.Message> messages = new ArrayList<>();
  private final StringBuilder out = new StringBuilder();

  private Depmod(ModuleScan scan, Request request) {
    this.scan = scan;
    this.request = request;
    this.config = new DepmodConfig(request.version, request.directory);
  }

  /** Does it. */
  public static Report run(ModuleScan scan, Request request) {
    Depmod depmod = new Depmod(scan, request);
    return new Report(depmod.run(), depmod.out.toString(), depmod.messages);
  }

  private int run() {
    config.read(request.places);
    messages.addAll(config.complaints());
    List<Path> files = request.files;
    if (files == null) {
      try {
        files = search();
      } catch (IOException e) {
        messages.add(Report.error("could not open directory " + request.directory, e));
        messages.add(Report.fatal("could not search modules", e));
        return 1;
      }
    }
    if (request.isQuick && isUpToDate(files)) {
      return 0;
    }
    DependencyGraph graph = new DependencyGraph(sorted(chosen(files)));
    reportSymbols(graph);
    Cycles cycles = Cycles.of(graph);
    if (cycles.size() > 0) {
      for (List<String> cycle : cycles.found()) {
        messages.add(Report.error("Cycle detected: " + String.join(" -> ", cycle)));
      }
      messages.add(Report.error("Found " + cycles.size() + " modules in dependency cycles!"));
      return 1;
    }
    return give(graph);
  }

  private List<Path> search() throws IOException {
    if (!Files.exists(request.directory)) {
      throw new NoSuchFileException(request.directory.toString());
    }
    if (!Files.isDirectory(request.directory)) {
      throw new NotDirectoryException(request.directory.toString());
    }
    List<Path> files = new ArrayList<>(JarFiles.below(request.directory, config::isExcluded));
    for (Path external : config.externals()) {
      if (Files.isDirectory(external)) {
        files.addAll(JarFiles.below(external, config::isExcluded));
      }
    }
    return files;
  }

  /**
   * Whether the index lists just these modules and none is newer. The times of directories say
   * nothing: writing the index changes that of its own. Files that no index can have do not count.
   */
  private boolean isUpToDate(List<Path> all) {
    List<Path> files = all.stream().filter(ScannedJar::isPlain).toList();
    Path index = request.output.resolve("modules.dep");
    try {
      Set<Path> listed = new HashSet<>();
      for (String line : TextFile.read(index).lines().toList()) {
        listed.add(request.directory.resolve(line.substring(0, Math.max(0, line.indexOf(':')))));
      }
      FileTime written = Files.getLastModifiedTime(index);
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).compareTo(written) > 0) {
          return false;
        }
      }
      return new HashSet<>(files).containsAll(listed) && names(listed).equals(names(files));
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  private static Set<String> names(Collection<Path> files) {
    return files.stream()
        .map(file -> ModuleNames.ofFile(file.toString()))
        .collect(Collectors.toSet());
  }

  /** Of modules of one name the one that counts. */
  private List<ScannedJar> chosen(List<Path> files) {
    Map<String, ScannedJar> byName = new LinkedHashMap<>();
    for (Path file : files) {
      ScannedJar now = scan.read(file);
      if (!now.hasPlainName()) {
        warn(file + ModuleScan.BAD_NAME);
        continue;
      }
      ScannedJar before = byName.get(now.name());
      if (before == null || config.isHigher(now, before)) {
        byName.put(now.name(), now);
      }
      if (before != null && now.path().getParent().equals(before.path().getParent())) {
        warn(
            before.path()
                + " and "
                + now.path().getFileName()
                + " are both module "
                + now.name()
                + ": the first is taken");
      }
    }
    for (ScannedJar each : byName.values()) {
      if (each.problem() != null) {
        messages.add(Report.error("failed to read module " + each.problem()));
      }
    }
    return List.copyOf(byName.values());
  }

  private void warn(String text) {
    messages.add(Report.warning(text));
  }

  /** As {@code modules.order} lists them, then the others by path. */
  private List<ScannedJar> sorted(List<ScannedJar> modules) {
    Map<Path, Integer> order = new HashMap<>();
    Path file = request.directory.resolve(ORDER);
    try {
      for (String line : TextFile.read(file).lines().toList()) {
        putInOrder(line.strip(), order);
      }
    } catch (IOException e) {
      if (request.files == null) {
        String text = "could not open modules.order at " + request.directory;
        messages.add(new Report.Message("WARNING", text, e));
      }
    }
    return modules.stream()
        .sorted(
            Comparator.<ScannedJar>comparingInt(
                    each -> order.getOrDefault(each.path(), Integer.MAX_VALUE))
                .thenComparing(ScannedJar::path))
        .toList();
  }

  private void putInOrder(String file, Map<Path, Integer> order) {
    try {
      order.putIfAbsent(request.directory.resolve(file), order.size());
    } catch (InvalidPathException noSuchFile) {
      return;
    }
  }

  private void reportSymbols(DependencyGraph graph) {
    if (request.known != null) {
      for (DependencyGraph.Missing each : graph.missing()) {
        if (each.hasOtherVersion()) {
          warn(each.user().path() + " disagrees about version of symbol " + each.symbol());
        } else if (!request.known.has(each.symbol())) {
          warn(each.user().path() + " needs unknown symbol " + each.symbol());
        }
      }
    }
    if (request.isVerbose) {
      for (ScannedJar module : graph.modules()) {
        for (ScannedJar library : graph.librariesOf(module)) {
          out.append(module.path()).append(" needs ").append(library.path()).append('\n');
        }
      }
    }
  }

  private int give(DependencyGraph graph) {
    IndexTexts index = new IndexTexts(request.directory, graph);
    Map<String, String> texts = index.all();
    index.warnings().forEach(this::warn);
    if (request.warnsOfDuplicates) {
      index.duplicates().forEach(this::warn);
    }
    if (request.isShown) {
      texts.values().forEach(out::append);
      return 0;
    }
    if (request.output == null) {
      return 0;
    }
    try {
      addBuiltins(texts);
      IndexFiles.write(request.output, texts);
      return 0;
    } catch (IOException e) {
      messages.add(
          Report.fatal(
              "could not write the index files in "
                  + request.output
                  + ", the old ones are left as they were",
              e));
      return 1;
    }
  }

  /** What the modules that the kernel has without a file answer to. */
  private void addBuiltins(Map<String, String> texts) throws IOException {
    Path file = request.directory.resolve("modules.builtin.modinfo");
    if (Files.isRegularFile(file)) {
      texts.put("modules.builtin.alias", new BuiltinModinfo(TextFile.read(file)).aliases());
    }
  }
}
