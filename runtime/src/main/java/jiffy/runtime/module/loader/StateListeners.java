package jiffy.runtime.module.loader;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.kernel.Current;
import jiffy.kernel.OwnedLoader;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Owned;
import org.pf4j.PluginStateEvent;
import org.pf4j.PluginStateListener;

/**
 * Who wants to know of plugins that come and go. Told by the task that loads or unloads, with no
 * lock held. Thread safe.
 */
public final class StateListeners implements Owned {
  private final List<PluginStateListener> listeners = new CopyOnWriteArrayList<>();
  private final KernelLog log;

  /** Nobody yet. */
  public StateListeners(KernelLog log) {
    this.log = log;
  }

  void add(PluginStateListener listener) {
    listeners.add(listener);
  }

  void remove(PluginStateListener listener) {
    listeners.remove(listener);
  }

  /** A listener that throws is named in the log; the others are told all the same. */
  void tell(PluginStateEvent event) {
    if (event.getPluginState() == event.getOldState()) {
      return;
    }
    for (PluginStateListener each : listeners) {
      Thread thread = Thread.currentThread();
      ClassLoader contextLoader = thread.getContextClassLoader();
      thread.setContextClassLoader(each.getClass().getClassLoader());
      Context self = (Context) Current.orNull();
      Owner caller = self == null ? null : self.setOwner(ownerOf(each));
      try {
        each.pluginStateChanged(event);
      } catch (SimHalt e) {
        throw e;
      } catch (RuntimeException | LinkageError e) {
        log.print(
            KernelLog.WARNING,
            ownerOf(each).name
                + ": PF4J state listener "
                + each.getClass().getName()
                + " failed at "
                + event.getPlugin().getPluginId()
                + " "
                + event.getPluginState()
                + ": "
                + e);
      } finally {
        if (self != null) {
          self.setOwner(caller);
        }
        thread.setContextClassLoader(contextLoader);
      }
    }
  }

  private static Owner ownerOf(PluginStateListener listener) {
    return listener.getClass().getClassLoader() instanceof OwnedLoader loader
        ? loader.owner()
        : Owner.CORE;
  }

  @Override
  public String kind() {
    return "PF4J state listener";
  }

  @Override
  public List<String> heldBy(Owner owner) {
    return listeners.stream()
        .filter(each -> ownerOf(each) == owner)
        .map(each -> each.getClass().getName())
        .toList();
  }

  @Override
  public int release(Context caller, Owner owner) {
    List<PluginStateListener> mine =
        listeners.stream().filter(each -> ownerOf(each) == owner).toList();
    listeners.removeAll(mine);
    return mine.size();
  }
}
