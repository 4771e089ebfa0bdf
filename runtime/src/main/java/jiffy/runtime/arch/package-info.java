/** The hardware: where time comes from, threads and parking. Uses no other package of the runtime. */
package jiffy.runtime.arch;
