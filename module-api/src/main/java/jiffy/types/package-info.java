/**
 * The structs of the kernel API, with the public fields that C code touches.
 *
 * <p>Door: every type; modules allocate them ({@code static final TimerList t = new TimerList();}).
 * Fields whose name starts with {@code __} belong to the runtime: a module that touches them is
 * tainted. Which context may touch what is said at the functions in {@link jiffy.linux}. Follows
 * Linux's {@code include/linux/*_types.h}.
 */
package jiffy.types;
