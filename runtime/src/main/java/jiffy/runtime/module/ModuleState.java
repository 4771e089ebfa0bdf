package jiffy.runtime.module;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a module is in its life.
 *
 * <pre>
 *   from       to         when
 *   UNFORMED   COMING     verified and linked; its init is about to run
 *   UNFORMED   GONE       it could not be linked
 *   COMING     LIVE       init returned 0 or more
 *   COMING     GOING      a bad parameter, or init failed
 *   LIVE       GOING      rmmod: exit is about to run
 *   GOING      GONE       nothing of it is left
 *   COMING     ZOMBIE     init has not returned in time
 *   GOING      ZOMBIE     exit has not
 *   ZOMBIE     GONE       it has returned after all
 * </pre>
 */
public enum ModuleState {
  /** Its name is taken, nothing else; not listed. */
  UNFORMED("", ""),
  /** Its init runs. */
  COMING("coming", "Loading"),
  /** It is up. */
  LIVE("live", "Live"),
  /** Its exit runs, or what it left is being cleared away. */
  GOING("going", "Unloading"),
  /** Its init or exit was given up: nothing of it is left but the thread that this runs on. */
  ZOMBIE("zombie", "Zombie"),
  /** It is no more. */
  GONE("", "");

  private final String initstate;
  private final String procName;

  ModuleState(String initstate, String procName) {
    this.initstate = initstate;
    this.procName = procName;
  }

  /** As {@code /sys/module/M/initstate} reads. */
  public String initstate() {
    return initstate;
  }

  /** As {@code /proc/modules} reads. */
  public String procName() {
    return procName;
  }

  /** Whether {@link Modules#list} shows it. */
  boolean isListed() {
    return this != UNFORMED && this != GONE;
  }

  /** Whether a second load of the same name no longer needs to wait for what becomes of it. */
  boolean isDecided() {
    return this != UNFORMED && this != COMING;
  }

  /** The states that may come next. */
  Set<ModuleState> next() {
    switch (this) {
      case UNFORMED:
        return EnumSet.of(COMING, GONE);
      case COMING:
        return EnumSet.of(LIVE, GOING, ZOMBIE);
      case LIVE:
        return EnumSet.of(GOING);
      case GOING:
        return EnumSet.of(ZOMBIE, GONE);
      case ZOMBIE:
        return EnumSet.of(GONE);
      default:
        return EnumSet.noneOf(ModuleState.class);
    }
  }
}
