/**
 * The log, {@code scripts/bench printk}: what it costs to print a line of some eighty bytes with a
 * number in it and the time, for printk beside its peers. {@link
 * jiffy.benchmarks.printk.PrintkSuite} runs them interleaved and prints one table; {@link
 * jiffy.benchmarks.printk.Target} is one place to print to.
 */
package jiffy.benchmarks.printk;
