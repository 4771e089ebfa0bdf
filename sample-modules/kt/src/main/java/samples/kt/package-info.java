/** Seed 000: a spinlock and a timer that arms itself again. */
package samples.kt;
