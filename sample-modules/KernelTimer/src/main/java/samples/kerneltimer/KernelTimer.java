/*
 * KernelTimer.c
 * "How to Implement Multiple Periodic Timers in Linux Kernel"
 * Author: Srikanta
 *
 * Ported to Jiffy line for line from a port to Linux 6.1: see sample-modules/LICENSE.
 */
package samples.kerneltimer;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Jiffies.msecs_to_jiffies;
import static jiffy.linux.Lists.LIST_HEAD;
import static jiffy.linux.Lists.list_add;
import static jiffy.linux.Lists.list_del;
import static jiffy.linux.Lists.list_entry;
import static jiffy.linux.Lists.list_for_each;
import static jiffy.linux.Lists.list_for_each_safe;
import static jiffy.linux.Printk.pr_info;
import static jiffy.linux.Slab.GFP_ATOMIC;
import static jiffy.linux.Slab.kfree;
import static jiffy.linux.Slab.kmalloc;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.from_timer;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;

import jiffy.linux.ExportSymbol;
import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.types.ListHead;
import jiffy.types.TimerList;

/**
 * Seed 002: any number of periodic timers, each with its number, for other modules.
 *
 * <p>As published: its list is not locked; see docs/porting.md.
 */
@ModuleInfo(
    name = "KernelTimer",
    license = "GPL",
    author = "Srikanta",
    description = "Multiple periodic kernel timers")
public final class KernelTimer extends KernelModule {
  static final ListHead g_timer_list = LIST_HEAD();

  /** Once, before anything else. */
  @ExportSymbol
  public static int TimerInitialize() {
    return 1;
  }

  /** Stops all timers. */
  @ExportSymbol
  public static int TimerFinalize() {
    TTimerList pTimer;
    int ret;
    for (ListHead pos : list_for_each_safe(g_timer_list)) {
      pTimer = list_entry(pos, TTimerList.class);
      if (pTimer != null) {
        ret = del_timer(pTimer.m_timer);
        if (ret != 0) {
          /* TODO The timer is still in use. What to do? */
        }
        list_del(pos);
        kfree(pTimer);
      }
    }
    return 1;
  }

  /** Starts a timer of a number that no other one has; 1, or 0 if that failed. */
  @ExportSymbol
  public static int TimerStart(
      long timer_id, TTimerCallback callback, long interval, long user_data) {
    TTimerList pTimer = null;
    if (TIsTimerExists(timer_id) != 0) {
      pr_info("Timer (Id: %ld) already exists and running.n", timer_id);
      return 0;
    }
    pTimer = kmalloc(TTimerList::new, GFP_ATOMIC);
    if (pTimer == null) {
      pr_info("Memory allocation failed for timer Id .n");
      return 0;
    }
    pTimer.m_ulTimerId = timer_id;
    pTimer.m_ulData = user_data;
    pTimer.m_callback = callback;
    pTimer.m_interval = interval;
    list_add(pTimer.m_head, g_timer_list);
    timer_setup(pTimer.m_timer, KernelTimer::_CommonCallback, 0);
    mod_timer(pTimer.m_timer, jiffies() + msecs_to_jiffies((int) interval));
    return 1;
  }

  /** Stops a timer; 1, or 0 if there is none or it is not pending. */
  @ExportSymbol
  public static int TimerStop(long timer_id) {
    int ret;
    TTimerList pTimer = _FindTimer(timer_id);
    if (pTimer == null) {
      return 0;
    }
    ret = del_timer(pTimer.m_timer);
    if (ret != 1) {
      return 0;
    }
    list_del(pTimer.m_head);
    kfree(pTimer);
    return 1;
  }

  /** Has its period begin now; 1, or 0 if there is none. */
  @ExportSymbol
  public static int TimerReset(long timer_id) {
    TTimerList pTimer = _FindTimer(timer_id);
    if (pTimer == null) {
      return 0;
    }
    mod_timer(pTimer.m_timer, jiffies() + msecs_to_jiffies((int) pTimer.m_interval));
    return 1;
  }

  /** Another period, from now on; 1, or 0 if there is none. */
  @ExportSymbol(gpl = true)
  public static int TimerModifyInterval(long timer_id, long new_interval) {
    TTimerList pTimer = _FindTimer(timer_id);
    if (pTimer == null) {
      return 0;
    }
    pTimer.m_interval = new_interval;
    mod_timer(pTimer.m_timer, jiffies() + msecs_to_jiffies((int) pTimer.m_interval));
    return 1;
  }

  /** 1 if there is a timer of that number, else 0. */
  @ExportSymbol
  public static int TIsTimerExists(long timer_id) {
    return _FindTimer(timer_id) != null ? 1 : 0;
  }

  private static TTimerList _FindTimer(long timer_id) {
    TTimerList pTimer;
    for (ListHead pos : list_for_each(g_timer_list)) {
      pTimer = list_entry(pos, TTimerList.class);
      if (pTimer != null && pTimer.m_ulTimerId == timer_id) {
        return pTimer;
      }
    }
    return null;
  }

  private static void _CommonCallback(TimerList t) {
    TTimerList pTimer = from_timer(TTimerList.class, t);
    if (pTimer != null) {
      mod_timer(pTimer.m_timer, jiffies() + msecs_to_jiffies((int) pTimer.m_interval));
      pTimer.m_callback.call(pTimer.m_ulData);
    }
  }

  static int ktm_init() {
    return TimerInitialize() == 1 ? 0 : -EINVAL;
  }

  static void ktm_exit() {
    TimerFinalize();
  }

  {
    module_init(KernelTimer::ktm_init);
    module_exit(KernelTimer::ktm_exit);
  }
}
