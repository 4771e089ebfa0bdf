package jiffy.runtime.module.loader;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.kernel.Current;
import jiffy.kernel.OwnedLoader;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.Expelled;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.context.Owned;
import jiffy.runtime.context.WaitList;
import org.pf4j.PluginStateEvent;
import org.pf4j.PluginStateListener;

/**
 * Who wants to know of plugins that come and go. Told by the task that loads or unloads, with no
 * lock held. Thread safe.
 */
public final class StateListeners implements Owned {
  /** How long rmmod waits for listeners that are being told: 5 s. */
  private static final long CALL_WAIT_NANOS = 5_000_000_000L;

  /** A listener's, in progress. */
  private static final class Call {
    final Owner owner;
    final Thread thread = Thread.currentThread();

    Call(Owner owner) {
      this.owner = owner;
    }
  }

  private final Arch arch;
  private final KernelLog log;
  private final List<PluginStateListener> listeners = new CopyOnWriteArrayList<>();
  private final Set<Call> calls = ConcurrentHashMap.newKeySet();
  private final WaitList returned;

  /** Nobody yet. */
  public StateListeners(Arch arch, KernelLog log) {
    this.arch = arch;
    this.log = log;
    returned = new WaitList(arch);
  }

  void add(PluginStateListener listener) {
    listeners.add(listener);
    if (ownerOf(listener).isGoing()) { // looked at last: rmmod finds it, or it is not there
      listeners.remove(listener);
    }
  }

  void remove(PluginStateListener listener) {
    listeners.remove(listener);
  }

  /**
   * A listener that throws, whatever it is, is named in the log; the others are told all the same.
   */
  void tell(PluginStateEvent event) {
    if (event.getPluginState() == event.getOldState()) {
      return;
    }
    for (PluginStateListener each : listeners) {
      Call call = new Call(ownerOf(each));
      calls.add(call);
      try {
        if (!call.owner.isGoing()) { // looked at last: rmmod waits for it, or it is not called
          tell(each, call.owner, event);
        }
      } finally {
        calls.remove(call);
        returned.wakeAll();
      }
    }
  }

  private void tell(PluginStateListener listener, Owner owner, PluginStateEvent event) {
    Thread thread = Thread.currentThread();
    ClassLoader contextLoader = thread.getContextClassLoader();
    thread.setContextClassLoader(listener.getClass().getClassLoader());
    Context self = (Context) Current.orNull();
    Owner caller = self == null ? null : self.setOwner(owner);
    try {
      listener.pluginStateChanged(event);
    } catch (SimHalt | Expelled e) {
      throw e;
    } catch (Throwable e) { // also checked ones: not all compilers check
      log.print(
          KernelLog.WARNING,
          owner.name
              + ": PF4J state listener "
              + listener.getClass().getName()
              + " failed at "
              + event.getPlugin().getPluginId()
              + " "
              + event.getPluginState()
              + ": "
              + Oops.describe(e));
    } finally {
      if (self != null) {
        self.setOwner(caller);
      }
      thread.setContextClassLoader(contextLoader);
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
    awaitCalls(caller, owner);
    return mine.size();
  }

  /** But for those that the caller itself is in. */
  private void awaitCalls(Context caller, Owner owner) {
    Thread self = Thread.currentThread();
    caller.sleeps();
    boolean isOver =
        returned.await(
            caller.thread,
            arch.now() + CALL_WAIT_NANOS,
            () -> calls.stream().noneMatch(each -> each.owner == owner && each.thread != self));
    caller.wakes();
    caller.forgetClock();
    if (!isOver) {
      log.print(KernelLog.ALERT, owner.name + ": a PF4J state listener of it has not returned");
    }
  }
}
