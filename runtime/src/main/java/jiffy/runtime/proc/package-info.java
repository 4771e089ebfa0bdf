/**
 * The files that a kernel shows: {@code /proc}, and what others add, such as {@code /sys/module}.
 *
 * <p>Doors: {@link jiffy.runtime.proc.ProcTree} for readers, {@link jiffy.runtime.proc.ModuleFiles}
 * for modules. Read and written in process context; each subsystem's own files are registered at
 * boot. A module's file runs its functions on the opener's task and holds the module while it is
 * open; removing it waits for who is inside, and releases it for who has it open. No locks. Follows
 * Linux's {@code fs/proc/generic.c} and {@code inode.c}.
 */
package jiffy.runtime.proc;
