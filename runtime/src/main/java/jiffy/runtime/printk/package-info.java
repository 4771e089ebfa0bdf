/** The record ring of the log, its levels, consoles and readers. */
package jiffy.runtime.printk;
