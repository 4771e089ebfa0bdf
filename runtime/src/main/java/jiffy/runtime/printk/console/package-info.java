/**
 * The kernel log and Log4j 2, both ways: consoles write records to the logger {@code kmsg}, and
 * what libraries log is captured into the log.
 *
 * <pre>
 *   log --> Console --> logger kmsg --> whatever log4j2.xml says: terminal, file, syslog, ...
 *   log <-- LogCapture <-- appender Kmsg &lt;-- Log4j 2, SLF4J
 *                      <-- KmsgHandler   &lt;-- java.util.logging
 * </pre>
 *
 * <p>Doors: {@link jiffy.runtime.printk.console.Console} and {@link
 * jiffy.runtime.printk.console.LogCapture}; {@code Kmsg} and {@code %kmsg} for configuration files.
 * Callers: a console has a thread of its own, and only on a real host; capturing runs on the thread
 * that logs, in any context, and waits for nothing.<br>
 * Lock order: opening and closing a capture takes its list's monitor, then what Log4j and
 * java.util.logging take to change their configuration.<br>
 * Follows {@code console_unlock} and {@code console_flush_all} of Linux 6.1 {@code
 * kernel/printk/printk.c}.
 */
package jiffy.runtime.printk.console;
