/**
 * Module parameters: from the words of a command line to static fields, after Linux's rules.
 *
 * <p>Doors: {@link jiffy.runtime.module.param.ParamLine}, which reads {@code a=1 b="x y" -- c}, and
 * {@link jiffy.runtime.module.param.Param}, one parameter bound to its field. Process context; no
 * locks in here, a field is written as plainly as C writes it. Knows nothing of modules but a name
 * for messages. Follows {@code kernel/params.c}, {@code lib/kstrtox.c} and {@code lib/cmdline.c}.
 */
package jiffy.runtime.module.param;
