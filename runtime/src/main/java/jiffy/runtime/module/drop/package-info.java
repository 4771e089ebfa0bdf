/**
 * The drop folder: a JAR that appears is loaded, one that goes is unloaded.
 *
 * <p>Door: {@link jiffy.runtime.module.drop.DropFolder}, whose thread is no kernel's: it enters the
 * kernel as a task. {@code DropPlan} decides what is to be done, {@code DropOrder} in which order.
 */
package jiffy.runtime.module.drop;
