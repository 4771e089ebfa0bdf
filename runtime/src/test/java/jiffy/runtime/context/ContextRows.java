package jiffy.runtime.context;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Irqflags.irqs_disabled;
import static jiffy.linux.Irqflags.local_irq_disable;
import static jiffy.linux.Irqflags.local_irq_enable;
import static jiffy.linux.Mutexes.mutex_lock;
import static jiffy.linux.Mutexes.mutex_unlock;
import static jiffy.linux.Preempt.in_atomic;
import static jiffy.linux.Preempt.in_hardirq;
import static jiffy.linux.Preempt.in_interrupt;
import static jiffy.linux.Preempt.in_serving_softirq;
import static jiffy.linux.Preempt.in_softirq;
import static jiffy.linux.Preempt.in_task;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Preempt.preempt_disable;
import static jiffy.linux.Preempt.preempt_enable;
import static jiffy.linux.Rwlocks.read_lock;
import static jiffy.linux.Rwlocks.read_unlock;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_lock_bh;
import static jiffy.linux.Spinlocks.spin_lock_irq;
import static jiffy.linux.Spinlocks.spin_lock_irqsave;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Spinlocks.spin_unlock_bh;
import static jiffy.linux.Spinlocks.spin_unlock_irq;
import static jiffy.linux.Spinlocks.spin_unlock_irqrestore;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import jiffy.types.Mutex;
import jiffy.types.RwlockT;
import jiffy.types.SpinlockT;

/**
 * What contexts say of themselves, by the names of truth/semprobe_ctx.dmesg, to compare with that.
 * Thread safe.
 */
final class ContextRows {
  private final Map<String, String> rows = new ConcurrentSkipListMap<>();

  /** Notes what the caller's context says. */
  void note(String name) {
    rows.put(
        name,
        String.format(
            Locale.ROOT,
            "in_interrupt=%d in_softirq=%d in_serving_softirq=%d in_hardirq=%d in_atomic=%d"
                + " in_task=%d irqs_disabled=%d preempt_count=0x%08x comm=%s",
            bit(in_interrupt()),
            bit(in_softirq()),
            bit(in_serving_softirq()),
            bit(in_hardirq()),
            bit(in_atomic()),
            bit(in_task()),
            bit(irqs_disabled()),
            preempt_count(),
            current().comm));
  }

  /** Notes the eleven rows of a task: as it is, and with this and that disabled or locked. */
  void noteOfATask() {
    SpinlockT a = new SpinlockT();
    SpinlockT b = new SpinlockT();
    note("module_init");
    spin_lock(a);
    note("spin_lock");
    spin_lock(b);
    note("two_spin_locks");
    spin_unlock(b);
    spin_unlock(a);
    spin_lock_bh(a);
    note("spin_lock_bh");
    spin_unlock_bh(a);
    spin_lock_irq(a);
    note("spin_lock_irq");
    spin_unlock_irq(a);
    long flags = spin_lock_irqsave(a);
    note("spin_lock_irqsave");
    spin_unlock_irqrestore(a, flags);
    local_irq_disable();
    note("local_irq_disable");
    local_irq_enable();
    local_bh_disable();
    note("local_bh_disable");
    local_bh_enable();
    preempt_disable();
    note("preempt_disable");
    preempt_enable();
    RwlockT rw = new RwlockT();
    read_lock(rw);
    note("read_lock");
    read_unlock(rw);
    Mutex mutex = new Mutex();
    mutex_lock(mutex);
    note("mutex_lock");
    mutex_unlock(mutex);
  }

  /** How many have been noted. */
  int size() {
    return rows.size();
  }

  /** There are so many, and each is the recorded one. */
  void assertAsRecorded(int count) throws IOException {
    Map<String, String> recorded = recorded();
    assertThat(rows).hasSize(count);
    rows.forEach((name, row) -> assertThat(row).as(name).isEqualTo(recorded.get(name)));
  }

  private static int bit(boolean value) {
    return value ? 1 : 0;
  }

  /** Name to state; cpu and pid, which vary, are left out. */
  private static Map<String, String> recorded() throws IOException {
    Map<String, String> recorded = new TreeMap<>();
    try (InputStream in = ContextRows.class.getResourceAsStream("/truth/semprobe_ctx.dmesg")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.contains("semprobe: ctx."))
          .forEach(
              line -> {
                String row = line.substring(line.indexOf("ctx.") + 4);
                String[] parts = row.split(" \\| ");
                recorded.put(
                    parts[0],
                    parts[1]
                        .replaceAll(" cpu=\\d+ pid=\\d+", "")
                        .replace("swapper/1", "swapper/0"));
              });
    }
    return recorded;
  }
}
