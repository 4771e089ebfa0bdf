/*
 * empty.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.empty;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;

/** Neither init nor exit. */
@ModuleInfo(name = "empty", license = "GPL")
public final class Empty extends KernelModule {}
