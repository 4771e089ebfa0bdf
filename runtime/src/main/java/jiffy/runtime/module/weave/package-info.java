/**
 * Choice points in modules' classes, for a machine that explores who runs when; nothing of it is
 * used on others.
 *
 * <p>Doors: {@link jiffy.runtime.module.weave.Weaver}, which machines may share, and {@link
 * jiffy.runtime.module.weave.WovenJar}, what it makes of a JAR. Works on class files alone, loads
 * no class and calls no kernel; any thread, no lock. Linux has KCSAN's instrumentation, which clang
 * puts before each access.
 */
package jiffy.runtime.module.weave;
