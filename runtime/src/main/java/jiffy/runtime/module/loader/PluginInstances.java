package jiffy.runtime.module.loader;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import jiffy.linux.KernelModule;
import org.pf4j.Plugin;
import org.pf4j.PluginWrapper;

/** Makes the instance of a plugin, as PF4J's factory would, but lets no exception disappear. */
final class PluginInstances {
  private PluginInstances() {}

  /** What the constructor throws comes out as it is. */
  static Plugin create(PluginWrapper wrapper) {
    try {
      Class<?> type =
          wrapper.getPluginClassLoader().loadClass(wrapper.getDescriptor().getPluginClass());
      if (!Plugin.class.isAssignableFrom(type)) { // its ancestors are in another plugin
        throw new IllegalArgumentException(type.getName() + " does not extend org.pf4j.Plugin");
      }
      Plugin plugin = create(type.asSubclass(Plugin.class), wrapper);
      if (plugin.getWrapper() == null) {
        setWrapper(plugin, wrapper);
      }
      return plugin;
    } catch (InvocationTargetException e) {
      throw PluginInstances.<RuntimeException>asUnchecked(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw PluginInstances.<RuntimeException>asUnchecked(e);
    }
  }

  private static Plugin create(Class<? extends Plugin> type, PluginWrapper wrapper)
      throws ReflectiveOperationException {
    if (!KernelModule.class.isAssignableFrom(type)) {
      for (Constructor<?> each : type.getDeclaredConstructors()) {
        Class<?>[] takes = each.getParameterTypes();
        if (takes.length == 1 && takes[0] == PluginWrapper.class) { // PF4J tries it first
          each.setAccessible(true);
          return (Plugin) each.newInstance(wrapper);
        }
      }
    }
    Constructor<? extends Plugin> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  /**
   * PF4J gives a wrapper, and with it the manager, only to plugins of the old kind; those without
   * one could not ask for extensions.
   */
  private static void setWrapper(Plugin plugin, PluginWrapper wrapper)
      throws ReflectiveOperationException {
    Field field = Plugin.class.getDeclaredField("wrapper");
    field.setAccessible(true);
    field.set(plugin, wrapper);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T asUnchecked(Throwable e) throws T {
    throw (T) e;
  }
}
