package jiffy.runtime.module.loader;

/**
 * A module's class loader after its end.
 *
 * @param module name
 * @param isCollected whether it is gone
 * @param isHeld whether a garbage collection that unloads classes has come by since and has found
 *     it in use; neither this nor collected: no such collection yet
 */
public record UnloadedLoader(String module, boolean isCollected, boolean isHeld) {}
