/**
 * The files under {@code /proc/sys}: settings of a running kernel, each with a reader and a writer.
 *
 * <p>Door: {@link jiffy.runtime.proc.sysctl.Sysctls}. Read and written in process context. No
 * locks. Follows Linux 6.1's {@code kernel/sysctl.c} and {@code fs/proc/proc_sysctl.c}.
 */
package jiffy.runtime.proc.sysctl;
