/**
 * Seed 002, "How to Implement Multiple Periodic Timers in Linux Kernel" by Srikanta: KernelTimer.h
 * and KernelTimer.c, a library for other modules.
 */
package samples.kerneltimer;
