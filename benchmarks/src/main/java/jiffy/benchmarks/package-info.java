/** What the kernel's operations cost beside those of the peers. */
package jiffy.benchmarks;
