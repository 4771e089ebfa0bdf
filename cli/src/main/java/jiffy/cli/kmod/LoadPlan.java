package jiffy.cli.kmod;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jiffy.cli.kmod.config.ModprobeConfig;
import jiffy.cli.kmod.config.SoftDep;

/**
 * What is to be done to load a module, in order.
 *
 * <pre>
 *   want(M):   once a module
 *     for each hard dependency of M, the deepest first, then for M:  place
 *   place(X):  unless X is in the plan
 *     want each soft dependency before X;  X;  want each soft dependency after X
 * </pre>
 *
 * <p>A loop of soft dependencies ends at the module that is wanted already. One that comes back to
 * a hard dependency whose own soft ones are still being looked at puts it into the plan at once: a
 * hard dependency is always in front of who needs it. What is only softly wanted may fail, with all
 * that only it needs.
 */
final class LoadPlan {
  /**
   * Loads one module.
   *
   * @param isRequired whether the plan ends if this fails
   * @param command runs instead, if there is one
   */
  record Step(Target module, boolean isRequired, Optional<String> command) {}

  private final Lookup lookup;
  private final ModprobeConfig config;
  private final Target wanted;
  private final boolean ignoresCommand;
  private final Set<String> required = new HashSet<>();
  private final Set<String> visited = new HashSet<>();
  private final Set<String> placed = new HashSet<>();
  private final List<Step> steps = new ArrayList<>();

  private LoadPlan(Lookup lookup, ModprobeConfig config, Target wanted, boolean ignoresCommand) {
    this.lookup = lookup;
    this.config = config;
    this.wanted = wanted;
    this.ignoresCommand = ignoresCommand;
  }

  /**
   * Makes one.
   *
   * @param ignoresCommand the install command of the wanted module does not count; that of others
   *     does
   */
  static List<Step> of(
      Lookup lookup, ModprobeConfig config, Target wanted, boolean ignoresCommand) {
    LoadPlan plan = new LoadPlan(lookup, config, wanted, ignoresCommand);
    plan.required.addAll(wanted.dependencies());
    plan.required.add(wanted.name());
    plan.want(wanted);
    return plan.steps;
  }

  private void want(Target module) {
    if (!visited.add(module.name())) {
      return;
    }
    for (String dependency : module.dependencies()) {
      place(lookup.module(dependency));
    }
    place(module);
  }

  private void place(Target module) {
    if (placed.contains(module.name())) {
      return;
    }
    SoftDep soft = config.softdep(module.name());
    soft.pre().forEach(this::wantSoftly);
    if (placed.add(module.name())) {
      steps.add(step(module));
    }
    soft.post().forEach(this::wantSoftly);
  }

  /** One that is not in the tree is nobody's concern. */
  private void wantSoftly(String name) {
    for (Target each : lookup.find(name)) {
      want(each);
    }
  }

  private Step step(Target module) {
    boolean isWanted = module.name().equals(wanted.name());
    Optional<String> command =
        isWanted && ignoresCommand ? Optional.empty() : config.install(module.name());
    return new Step(isWanted ? wanted : module, required.contains(module.name()), command);
  }
}
