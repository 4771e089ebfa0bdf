/**
 * Boot and wiring: what an embedder sees.
 *
 * <p>Doors: {@link jiffy.runtime.Machine}, one kernel with everything it needs, and {@link
 * jiffy.runtime.Simulation}, the hand on the clock of a machine on virtual time. Called by any
 * thread. Here, and only here, all rooms meet. Follows Linux's {@code init/main.c}.
 */
package jiffy.runtime;
