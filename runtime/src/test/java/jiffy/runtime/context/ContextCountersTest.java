package jiffy.runtime.context;

import static org.assertj.core.api.Assertions.assertThat;

import jiffy.kernel.Current;
import jiffy.runtime.Machine;
import jiffy.runtime.arch.SimArch;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TaskStruct;
import org.junit.jupiter.api.Test;

/** What contexts count, beyond where an int ends. It is the same on either platform. */
class ContextCountersTest {
  /** A context that never reads jiffies itself arms for ever: at 50 ns each, for two minutes. */
  @Test
  void mayArmByLastRead_whateverTheNumberOfArmings_isNotTrueAgainWithoutARead() {
    try (Machine machine = Machine.boot("hz=250 nr_cpus=1");
        Attachment thread = machine.attach("armer")) {
      Context context = (Context) Current.get();
      context.clockRead(1000);
      long stale = 0;
      for (long i = 0; i < (1L << 31) + 100; i++) {
        stale += context.mayArmByLastRead() ? 1 : 0;
      }
      assertThat(stale).isEqualTo(64);
    }
  }

  @Test
  void make_afterTwoToThe31Contexts_skipsIdsInUse() {
    try (Machine machine = Machine.simulate("nr_cpus=1")) {
      Contexts many = new Contexts(new SimArch(), 1, Integer.MAX_VALUE - 1, Integer.MAX_VALUE - 2);
      many.bind(machine.kernel());
      Context last = many.make(null, many.cpus().get(0), new TaskStruct(1, "a"));
      Context first = many.make(null, many.cpus().get(0), new TaskStruct(1, "b"));
      assertThat(last.id).isEqualTo(Integer.MAX_VALUE);
      assertThat(first.id).isEqualTo(1);
      assertThat(many.nextPid()).isPositive();
      assertThat(many.nextPid()).isPositive();
    }
  }

  @Test
  void abandon_besideTheTasksOwnCleanUp_givesEachShareBackOnce() {
    try (Machine machine = Machine.simulate("nr_cpus=1");
        Attachment thread = machine.attach("hook")) {
      Context context = thread.context();
      String none = context.cpu.gate.toString();
      context.localBhDisable();
      context.localIrqSave();
      String both = context.cpu.gate.toString();
      assertThat(context.takeShares()).isTrue();
      context.abandon();
      assertThat(context.cpu.gate).hasToString(both);
      context.localIrqEnable();
      context.localBhEnable();
      assertThat(context.cpu.gate).hasToString(none);
    }
  }

  @Test
  void abandon_beforeTheTasksOwnCleanUp_leavesNothingToGiveBack() {
    try (Machine machine = Machine.simulate("nr_cpus=1");
        Attachment thread = machine.attach("hook")) {
      Context context = thread.context();
      String none = context.cpu.gate.toString();
      context.localBhDisable();
      context.abandon();
      assertThat(context.cpu.gate).hasToString(none);
      assertThat(context.takeShares()).isFalse();
      context.setPreemptCount(0);
    }
  }
}
