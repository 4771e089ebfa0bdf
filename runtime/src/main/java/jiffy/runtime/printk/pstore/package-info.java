/**
 * A kernel's log beyond its death: the ring's image in a memory-mapped file.
 *
 * <p>Doors: {@link jiffy.runtime.printk.pstore.Pstore} for the kernel that writes, {@link
 * jiffy.runtime.printk.pstore.DeadLog} for who reads. Callers: writers of the log in any context;
 * the rest at boot, at halt and from tools.<br>
 * Lock order: no locks in the process; a file lock keeps a directory to one kernel.<br>
 * Follows the idea of Linux's {@code fs/pstore}.
 */
package jiffy.runtime.printk.pstore;
