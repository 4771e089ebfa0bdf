/** Seed 003, the high-resolution timer of "Kernel seminar - part 3"; GPL. */
package samples.my_hrtimer;
