package jiffy.cli.kmod;

import java.util.List;
import java.util.Set;

/**
 * What the user wants of modprobe.
 *
 * @param options those without a value
 * @param flags for {@code finit_module}
 * @param waitMillis how long a removal may wait for the last user, 0: not at all
 * @param words the arguments
 */
public record Order(Set<Option> options, int flags, int waitMillis, List<String> words) {
  /** An option; the comment says the letters. */
  public enum Option {
    /** {@code -a}. */
    ALL,
    /** {@code -r}. */
    REMOVE,
    /** {@code --remove-holders}. */
    REMOVE_HOLDERS,
    /** {@code --first-time}. */
    FIRST_TIME,
    /** {@code -i}. */
    IGNORE_COMMANDS,
    /** {@code -b}. */
    USE_BLACKLIST,
    /** {@code -f} and {@code -r}. */
    FORCE,
    /** {@code -R}. */
    SHOW_ALIAS,
    /** {@code -D}. */
    SHOW_DEPENDS,
    /** {@code -c}. */
    SHOW_CONFIG,
    /** {@code --show-modversions}. */
    SHOW_MODVERSIONS,
    /** {@code --show-exports}. */
    SHOW_EXPORTS,
    /** {@code -n}. */
    DRY_RUN,
    /** {@code -v}. */
    VERBOSE
  }

  /** Takes copies. */
  public Order {
    options = Set.copyOf(options);
    words = List.copyOf(words);
  }

  boolean has(Option option) {
    return options.contains(option);
  }

  /** Whether nothing is to be changed. */
  boolean isDry() {
    return has(Option.DRY_RUN) || has(Option.SHOW_DEPENDS);
  }

  /** Whether steps are printed. */
  boolean isShown() {
    return isDry() || has(Option.VERBOSE);
  }
}
