package jiffy.runtime.module.loader;

/**
 * A module's class loader after its end.
 *
 * @param module name
 * @param isCollected whether it is gone
 * @param isHeld whether garbage collections that unload classes have come by since and have found
 *     it in use; neither this nor collected: not known yet
 */
public record UnloadedLoader(String module, boolean isCollected, boolean isHeld) {}
