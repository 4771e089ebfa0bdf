package jiffy.cli.kmod.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jiffy.cli.kmod.index.Fnmatch;
import jiffy.cli.kmod.index.Names;

/** All that modprobe.d and the kernel's command line say of modules. Immutable. */
public final class ModprobeConfig {
  /** {@code alias PATTERN MODULE}; both normalised. */
  public record Alias(String pattern, String module) {}

  /**
   * {@code options MODULE TEXT}.
   *
   * @param isFromBootLine whether the kernel's command line says it
   */
  public record Options(String module, String text, boolean isFromBootLine) {}

  /** {@code install MODULE COMMAND} or {@code remove MODULE COMMAND}. */
  public record Command(String module, String text) {}

  /** {@code weakdep MODULE NAMES}: of use to those who pack modules together, not to modprobe. */
  public record WeakDep(String module, List<String> names) {}

  /**
   * {@code forbid MODULE REASON}.
   *
   * @param reason may be empty
   * @param place file and line that say so
   */
  public record Forbid(String module, String reason, String place) {}

  /** What has been read so far. One thread. */
  static final class Builder {
    final List<Alias> aliases = new ArrayList<>();
    final List<String> blacklist = new ArrayList<>();
    final List<Options> options = new ArrayList<>();
    final List<Command> installs = new ArrayList<>();
    final List<Command> removes = new ArrayList<>();
    final List<SoftDep> softdeps = new ArrayList<>();
    final List<WeakDep> weakdeps = new ArrayList<>();
    final List<Forbid> forbids = new ArrayList<>();
  }

  private final List<Alias> aliases;
  private final List<String> blacklist;
  private final List<Options> options;
  private final List<Command> installs;
  private final List<Command> removes;
  private final List<SoftDep> softdeps;
  private final List<WeakDep> weakdeps;
  private final List<Forbid> forbids;

  ModprobeConfig(Builder read) {
    aliases = List.copyOf(read.aliases);
    blacklist = List.copyOf(read.blacklist);
    options = List.copyOf(read.options);
    installs = List.copyOf(read.installs);
    removes = List.copyOf(read.removes);
    softdeps = List.copyOf(read.softdeps);
    weakdeps = List.copyOf(read.weakdeps);
    forbids = List.copyOf(read.forbids);
  }

  /** The modules that a name is an alias of. */
  public List<String> aliased(String name) {
    return aliases.stream()
        .filter(alias -> Fnmatch.matches(alias.pattern(), name))
        .map(Alias::module)
        .distinct()
        .toList();
  }

  /** Whether a module is not to be loaded by one of its aliases. */
  public boolean isBlacklisted(String module) {
    return blacklist.contains(module);
  }

  /** The options of a module, in the order of the files; those of the boot line come last. */
  public List<Options> options(String module) {
    return options.stream().filter(each -> each.module().equals(module)).toList();
  }

  /** What runs instead of loading a module; of several the first. */
  public Optional<String> install(String module) {
    return first(installs, module);
  }

  /** What runs instead of unloading a module; of several the first. */
  public Optional<String> remove(String module) {
    return first(removes, module);
  }

  private static Optional<String> first(List<Command> commands, String module) {
    return commands.stream()
        .filter(each -> each.module().equals(module))
        .map(Command::text)
        .findFirst();
  }

  /** What all lines together want before and after a module; normalised names. */
  public SoftDep softdep(String module) {
    List<String> pre = new ArrayList<>();
    List<String> post = new ArrayList<>();
    for (SoftDep each : softdeps) {
      if (each.module().equals(module)) {
        each.pre().forEach(name -> pre.add(Names.module(name)));
        each.post().forEach(name -> post.add(Names.module(name)));
      }
    }
    return new SoftDep(module, pre, post);
  }

  /** Why a module must not be loaded at all, if so. */
  public Optional<Forbid> forbidden(String module) {
    return forbids.stream().filter(each -> each.module().equals(module)).findFirst();
  }

  /** The lines of {@code modprobe -c}: a file of these says the same. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    blacklist.forEach(module -> lines.add("blacklist " + module));
    installs.forEach(each -> lines.add("install " + each.module() + " " + each.text()));
    removes.forEach(each -> lines.add("remove " + each.module() + " " + each.text()));
    aliases.forEach(each -> lines.add("alias " + each.pattern() + " " + each.module()));
    options.forEach(each -> lines.add("options " + each.module() + " " + each.text()));
    softdeps.forEach(each -> lines.add(each.line()));
    weakdeps.forEach(each -> lines.add(weakdepLine(each)));
    forbids.forEach(each -> lines.add(("forbid " + each.module() + " " + each.reason()).strip()));
    return lines;
  }

  private static String weakdepLine(WeakDep each) {
    return "weakdep " + each.module() + " " + String.join(" ", each.names());
  }
}
