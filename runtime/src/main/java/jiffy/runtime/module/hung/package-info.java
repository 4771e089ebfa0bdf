/**
 * Hooks that do not return: who watches them, reports them, and gives them up.
 *
 * <p>Door: {@link jiffy.runtime.module.hung.HungTasks}; the task that waits for a hook asks it when
 * to look, in process context. Holds no lock. Follows {@code kernel/hung_task.c}.
 */
package jiffy.runtime.module.hung;
