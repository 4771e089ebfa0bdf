/**
 * Linux's in-kernel API: one final class a header, static functions under their C names.
 *
 * <p>{@code import static jiffy.linux.Timers.*;} is {@code #include <linux/timer.h>}. Every
 * function says its C prototype, the contexts it may be called from and each return value; each is
 * one line that asks {@link jiffy.kernel.Current} for the kernel of the calling context. A
 * snake_case name is Linux's and means what it means there; a camelCase name is Jiffy's own.
 * Follows Linux 6.1's {@code include/linux} and, where the tutorials use them, names that 6.1 no
 * longer has.
 */
package jiffy.linux;
