/**
 * The module room with real JARs: here and not in the runtime's tests, for the JAR builder is built
 * on the runtime.
 */
package jiffy.runtime.module;
