/**
 * The kernel's printf: formats compiled once, printed into reused buffers of bytes.
 *
 * <p>Door: {@link jiffy.runtime.printk.format.FormatString}. Callers: any context; nothing here
 * waits, and a wrong format or argument is printed as such, never thrown.<br>
 * Lock order: no locks.<br>
 * Follows Linux 6.1 {@code lib/vsprintf.c}.
 */
package jiffy.runtime.printk.format;
