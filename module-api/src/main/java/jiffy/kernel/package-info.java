/**
 * The service interface between the API's static functions and a kernel.
 *
 * <p>Doors: {@link jiffy.kernel.Kernel}, one kernel as an object of subsystems, and {@link
 * jiffy.kernel.Current}, the context that this thread runs in. Called by {@code jiffy.linux} and
 * implemented by the runtime; modules have no business here. Holds no state of its own but the
 * binding of threads to contexts, so several kernels live side by side in one JVM.
 */
package jiffy.kernel;
