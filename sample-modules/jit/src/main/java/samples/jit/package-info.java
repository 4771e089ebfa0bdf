/**
 * "jit", just in time, of Linux Device Drivers, third edition, chapter 7 by A. Rubini, whose
 * /proc/jitimer is seed 004's example; Dual BSD/GPL.
 */
package samples.jit;
