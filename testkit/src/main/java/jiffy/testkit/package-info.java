/**
 * For tests of time-dependent code and of modules: a kernel on virtual time for JUnit 5, or one on
 * virtual time and one on the host, a builder of module JARs, recorded logs, and leak checks.
 *
 * <p>Doors: {@link jiffy.testkit.KernelTest}, {@link jiffy.testkit.JiffyTest}, {@link
 * jiffy.testkit.OnBothPlatforms}, {@link jiffy.testkit.ModuleJar}, {@link jiffy.testkit.GoldenLog},
 * {@link jiffy.testkit.LoaderLeaks}. Called from a test's thread, which is a task of the kernel
 * meanwhile. Load modules through the loader, never by {@code new}: that gives them fresh statics.
 */
package jiffy.testkit;
