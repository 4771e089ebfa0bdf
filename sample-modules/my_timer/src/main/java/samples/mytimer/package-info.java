/** Seed 003, "Kernel seminar - part 3": its timer simple program example; GPL. */
package samples.mytimer;
