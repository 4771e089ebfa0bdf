/**
 * What many modules cost, {@code scripts/bench modules}: a thousand that need each other, in a
 * chain and around one hub, loaded at once, beside PF4J's own manager with equal plugins. {@link
 * jiffy.benchmarks.modules.ModulesSuite} runs it in rounds and prints one table; {@link
 * jiffy.benchmarks.modules.Jars} makes the JARs.
 */
package jiffy.benchmarks.modules;
