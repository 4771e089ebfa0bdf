/**
 * Module parameters: from the words of a command line to static fields, after Linux's rules.
 *
 * <p>Doors: {@link jiffy.runtime.module.param.ParamSpec}, what a class file declares, and {@link
 * jiffy.runtime.module.param.ParamSet}, those of one load of a module. Process context; {@code
 * kernel_param_lock}, a mutex, is held while one is set or read, and while a callback of the module
 * runs, which may sleep and take its own locks. Knows nothing of modules but a name for messages.
 * Follows {@code kernel/params.c} and {@code lib/cmdline.c}; what texts each type takes is in
 * {@link jiffy.linux.Moduleparam}.
 */
package jiffy.runtime.module.param;
