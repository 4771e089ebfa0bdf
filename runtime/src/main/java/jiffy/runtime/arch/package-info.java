/**
 * The hardware: where time comes from, threads, parking. The only room that knows a clock or a
 * thread.
 *
 * <p>Door: {@link jiffy.runtime.arch.Arch}, in two makes: {@link jiffy.runtime.arch.HostArch} (real
 * time, real threads) and {@link jiffy.runtime.arch.SimArch} (virtual time, one thread at a time).
 * {@link jiffy.runtime.arch.CacheLine} keeps what two processors write apart. Uses nothing else of
 * the runtime; everybody may use it. {@code SimArch}'s world lock is innermost and never held while
 * other code runs. Stands where Linux has {@code arch/} and the clocksource.
 */
package jiffy.runtime.arch;
