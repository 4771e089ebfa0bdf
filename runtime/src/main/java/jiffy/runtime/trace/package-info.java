/** Emitting trace points: one test of a flag when off. */
package jiffy.runtime.trace;
