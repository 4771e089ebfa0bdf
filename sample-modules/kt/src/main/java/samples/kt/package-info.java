/** Seed 000, "KT - use kernel timers in the Linux kernel" by daveti; GPL. */
package samples.kt;
