/** The trees /proc and /sys/module, and sysctl. */
package jiffy.runtime.proc;
