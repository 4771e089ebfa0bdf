/**
 * For tests of time-dependent code and of modules: a test's body as a task of a kernel on virtual
 * time, under as many schedules as it asks for; a test on virtual time and on the host; a builder
 * of module JARs, logs and recordings to compare, leak checks.
 *
 * <p>Doors: {@link jiffy.testkit.KernelTest}, {@link jiffy.testkit.TestMachine}, {@link
 * jiffy.testkit.OnBothPlatforms}, {@link jiffy.testkit.ModuleJar}, {@link jiffy.testkit.GoldenLog},
 * {@link jiffy.testkit.LoaderLeaks}. Load modules through the loader, never by {@code new}: that
 * gives them fresh statics, and choice points.
 */
package jiffy.testkit;
