/** Seed 001, "Demystifying Linux Kernel Timers": its example, by @Kashish_Bhatia; GPL. */
package samples.timerdemo;
