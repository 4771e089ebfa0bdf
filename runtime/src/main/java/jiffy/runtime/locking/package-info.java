/** Spinlocks and reader-writer locks; lockdep. */
package jiffy.runtime.locking;
