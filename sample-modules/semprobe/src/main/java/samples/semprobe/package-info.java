/**
 * A self-test of the kernel's API: a module that asks about edge cases of timers, hrtimers,
 * tasklets, contexts and conversions, and prints the answers.
 *
 * <p>{@code insmod semprobe.jar sect=timer}, then {@code dmesg}. It is the C module that recorded
 * what Linux 6.1 answers, ported line for line, a class a file and a section; on Jiffy it prints
 * the same. GPL, as the original.
 */
package samples.semprobe;
