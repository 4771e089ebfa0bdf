/** Worker pools, flushing and delayed work. */
package jiffy.runtime.workqueue;
