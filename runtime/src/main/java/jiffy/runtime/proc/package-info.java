/**
 * The files that a kernel shows: {@code /proc}.
 *
 * <p>Door: {@link jiffy.runtime.proc.ProcTree}. Read in process context; each subsystem's files are
 * registered at boot. No locks. Follows Linux's {@code fs/proc}.
 */
package jiffy.runtime.proc;
