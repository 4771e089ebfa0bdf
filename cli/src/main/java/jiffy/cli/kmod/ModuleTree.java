package jiffy.cli.kmod;

import java.util.List;
import jiffy.cli.kmod.index.ModuleIndex;

/**
 * Where modules are looked for.
 *
 * @param place as messages call it: {@code /lib/modules/1.0.0}
 * @param index of what is there
 * @param hint what to do if nothing is found, or empty
 * @param warnings what of it could not be read, so that modules may be missing: a sentence each
 */
public record ModuleTree(String place, ModuleIndex index, String hint, List<String> warnings) {}
