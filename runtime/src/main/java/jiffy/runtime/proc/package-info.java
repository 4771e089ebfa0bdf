/**
 * The files that a kernel shows: {@code /proc}.
 *
 * <p>Doors: {@link jiffy.runtime.proc.ProcTree} for readers, {@link jiffy.runtime.proc.ModuleFiles}
 * for modules. Read in process context; each subsystem's own files are registered at boot. A
 * module's file runs its functions on the reader's task and holds the module while it is open;
 * removing it waits for who is inside. No locks. Follows Linux's {@code fs/proc/generic.c} and
 * {@code inode.c}.
 */
package jiffy.runtime.proc;
