package jiffy.runtime.module;

import jiffy.linux.KernelModule;
import org.pf4j.Plugin;

/**
 * What insmod and rmmod call.
 *
 * @param initCall null: nothing
 * @param exitCall null: nothing
 */
record PluginCalls(KernelModule.InitCall initCall, KernelModule.ExitCall exitCall) {
  /**
   * A module's hooks; of a plain PF4J plugin start and stop. Its {@code delete} is not called: no
   * file goes when a module does.
   */
  static PluginCalls of(Plugin plugin) {
    if (plugin instanceof KernelModule module) {
      return new PluginCalls(module.initCall(), module.exitCall());
    }
    return new PluginCalls(
        () -> {
          plugin.start();
          return 0;
        },
        plugin::stop);
  }
}
