/**
 * Modules: from file over verified, loaded, linked and live to gone. PF4J only here.
 *
 * <p>Door: {@link jiffy.runtime.module.Modules}; any task may call it, in process context. Hooks of
 * modules run with no lock held. Lock order: none, for no two of these are ever held at once: the
 * registry's (names, states, reference counts, symbols) and the one around PF4J; code under either
 * never parks in the kernel. What a JAR says is read in {@link jiffy.runtime.module.file},
 * parameters in {@link jiffy.runtime.module.param}. Follows {@code kernel/module/main.c}, {@code
 * procfs.c}.
 */
package jiffy.runtime.module;
