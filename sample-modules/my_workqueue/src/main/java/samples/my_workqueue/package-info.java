/** Seed 003, "Kernel seminar - part 3": the example of a workqueue; GPL. */
package samples.my_workqueue;
