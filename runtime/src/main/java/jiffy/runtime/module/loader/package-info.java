/**
 * PF4J and the class loaders of modules: making them, closing them, and seeing whether they were
 * collected; the plugin manager that modules and embedders see, which tells and does not act
 * (docs/plugins.md).
 *
 * <p>Doors: {@link jiffy.runtime.module.loader.PluginHost} and {@link
 * jiffy.runtime.module.loader.LoaderWatch}, each with its own lock, under which no code of a module
 * runs and nobody parks in the kernel; called by the module room only. Stands where Linux has
 * {@code layout_and_allocate} and {@code free_module}.
 */
package jiffy.runtime.module.loader;
