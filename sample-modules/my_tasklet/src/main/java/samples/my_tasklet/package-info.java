/** Seed 003, "Kernel seminar - part 3": the example of a tasklet; GPL. */
package samples.my_tasklet;
