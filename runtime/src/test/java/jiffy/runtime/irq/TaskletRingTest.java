package jiffy.runtime.irq;

import static org.assertj.core.api.Assertions.assertThat;

import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.runtime.locking.HandoverMouth;
import jiffy.types.TaskletStruct;
import org.junit.jupiter.api.Test;

/** The steps of a list's ring and of its slot, one by one. */
class TaskletRingTest {
  private final TaskletList list = new TaskletList(0, Vector.TASKLET);

  private static TaskletStruct scheduled() {
    TaskletStruct tasklet = new TaskletStruct();
    tasklet.__origin = new Origin(null, Owner.CORE, "fn", "here");
    tasklet.__next = TaskletChain.END;
    return tasklet;
  }

  private boolean put(TaskletStruct tasklet) {
    return list.mouth.putFirst(null, null, tasklet); // nobody else has the lock
  }

  private HandoverMouth.Fate putAgain(TaskletStruct tasklet) {
    return list.mouth.putAgain(null, null, tasklet);
  }

  @Test
  void put_whileSomethingIsStacked_isRefused_andOlderOnesComeBeforeTheStack() {
    TaskletStruct older = scheduled();
    assertThat(put(older)).isTrue();
    TaskletStruct stacked = scheduled();
    list.mouth.push(stacked);
    assertThat(put(scheduled())).isFalse();
    list.beginPass();
    TaskletStruct younger = scheduled();
    assertThat(put(younger)).isTrue();
    assertThat(list.next()).isSameAs(older);
    assertThat(list.next()).isSameAs(stacked);
    assertThat(list.next()).isNull();
    assertThat(list.ring.first()).as("of the next pass").isNull();
    list.endPass(false, true);
    list.beginPass();
    assertThat(list.ring.first()).isSameAs(younger);
  }

  @Test
  void put_intoAFullRing_isRefusedUntilTheHeadMoves() {
    TaskletStruct first = scheduled();
    put(first);
    for (int i = 1; i < TaskletRing.MOST; i++) {
      assertThat(put(scheduled())).isTrue();
    }
    assertThat(put(scheduled())).isFalse();
    list.beginPass();
    list.ring.dropFirst();
    assertThat(putAgain(first)).isEqualTo(HandoverMouth.Fate.DONE);
    assertThat(put(scheduled())).isFalse();
    assertThat(putAgain(first)).isEqualTo(HandoverMouth.Fate.IS_IN);
  }

  @Test
  void dropFirst_clearsSlotsInStrides_andAPassThatHasCaughtUpClearsAll() {
    for (int i = 0; i < 100; i++) {
      put(scheduled());
    }
    list.beginPass();
    for (int i = 0; i < 63; i++) {
      list.ring.dropFirst();
    }
    assertThat(list.ring.at(0)).isNotNull();
    list.ring.dropFirst();
    assertThat(list.ring.at(0)).isNull();
    assertThat(list.ring.at(63)).isNull();
    list.ring.dropFirst();
    assertThat(list.ring.at(64)).isNotNull();
    list.endPass(true, true);
    assertThat(list.ring.at(64)).isNull();
    assertThat(list.ring.at(65)).isNotNull();
    assertThat(list.isEmpty()).isFalse();
  }

  @Test
  void takeFirst_leavesItScheduledByItsLink() {
    TaskletStruct tasklet = scheduled();
    put(tasklet);
    list.beginPass();
    assertThat(list.ring.takeFirst()).isSameAs(tasklet);
    assertThat(tasklet.__next).isSameAs(TaskletChain.END);
    assertThat(putAgain(tasklet)).isEqualTo(HandoverMouth.Fate.REFUSED);
    assertThat(list.mouth.claim(null, null, tasklet, TaskletBits.KILLED))
        .isEqualTo(HandoverMouth.Fate.REFUSED);
  }

  @Test
  void claim_getsItOnlyWhenTheHeadHasPassed() {
    TaskletStruct tasklet = scheduled();
    put(tasklet);
    list.beginPass();
    assertThat(list.mouth.claim(null, null, tasklet, TaskletBits.KILLED))
        .isEqualTo(HandoverMouth.Fate.IS_IN);
    list.ring.dropFirst();
    assertThat(list.mouth.claim(null, null, tasklet, TaskletBits.KILLED))
        .isEqualTo(HandoverMouth.Fate.DONE);
    assertThat(tasklet.__next).isSameAs(TaskletBits.KILLED);
  }

  @Test
  void announced_isSeenToRun_andCannotBeGivenUpBeforeItIsCalled() {
    RunSlot slot = list.slot;
    TaskletStruct tasklet = scheduled();
    tasklet.__home = list;
    slot.announce(null, tasklet, Owner.CORE);
    assertThat(tasklet.state()).isEqualTo(3);
    assertThat(slot.called(null)).isNull();
    assertThat(slot.giveUpOnly(null, null, tasklet, () -> {}, () -> {}, () -> {})).isFalse();
    slot.withdraw();
    assertThat(tasklet.state()).isEqualTo(1);
    slot.announce(null, tasklet, Owner.CORE);
    long ticket = slot.begin();
    assertThat(slot.called(Owner.CORE)).isSameAs(tasklet);
    assertThat(slot.giveUpOnly(null, null, scheduled(), () -> {}, () -> {}, () -> {})).isFalse();
    assertThat(slot.giveUpOnly(null, null, tasklet, () -> {}, () -> {}, () -> {})).isTrue();
    assertThat(tasklet.state()).isEqualTo(1);
    assertThat(slot.end(null, null, ticket)).isFalse();
  }
}
