package jiffy.runtime.workqueue;

import static org.assertj.core.api.Assertions.assertThat;

import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.HostArch;
import jiffy.types.WorkStruct;
import org.junit.jupiter.api.Test;

/** Which kworker an item wakes that comes into the inbox of an idle pool; by one thread. */
class SleeperTest {
  private final HostArch arch = new HostArch();
  private final WorkerPool pool = new WorkerPool(arch, null, null, null, "0", "", 0, 1);
  private final Mouth mouth = pool.inbox.mouth;
  private final PoolQueue part = new PoolQueue(null, pool, 1, null);
  private final Worker first = worker();
  private final Worker second = worker();

  SleeperTest() {
    pool.inbox.furnish();
  }

  private Worker worker() {
    Worker worker = new Worker(pool, 0);
    worker.thread = arch.attach();
    return worker;
  }

  private WorkStruct queue() {
    WorkStruct work = new WorkStruct();
    work.__origin = new Origin(null, Owner.CORE, "fn", "here");
    work.__state = WorkStruct.__PENDING;
    assertThat(mouth.putFirst(arch, null, part, work)).isTrue();
    mouth.wake(arch, null);
    return work;
  }

  private void rest(Worker worker) {
    pool.enter(null);
    pool.rests(worker, null);
    pool.unlock();
  }

  private void rise(Worker worker) {
    pool.enter(null);
    pool.rises(worker, null);
    pool.unlock();
  }

  private WorkStruct take() {
    WorkStruct work = pool.first(null);
    if (work != null) {
      pool.inbox.dropFirst();
    }
    return work;
  }

  @Test
  void anItem_wakesTheOneThatSleeps_once() {
    rest(first);
    assertThat(mouth.isPoked(first.thread)).isFalse();
    WorkStruct work = queue();
    assertThat(mouth.isPoked(first.thread)).isTrue();
    WorkStruct next = queue();
    rise(first);
    assertThat(mouth.isPoked(first.thread)).isFalse();
    assertThat(take()).isSameAs(work);
    assertThat(take()).isSameAs(next);
    assertThat(take()).isNull();
  }

  @Test
  void aKworkerThatRestsWhileAnotherSleepsForTheInbox_doesNotTakeItsWakeUp() {
    rest(first);
    WorkStruct work = queue();
    rest(second); // hatched just now, or the others have finished meanwhile
    assertThat(mouth.isPoked(first.thread)).isTrue();
    rise(first);
    assertThat(take()).isSameAs(work);
  }

  @Test
  void aKworkerThatRises_whoeverItIs_closesTheInboxAndKnowsAllThatCame() {
    rest(first);
    rest(second);
    WorkStruct work = queue();
    assertThat(mouth.isPoked(second.thread)).isFalse();
    rise(second);
    assertThat(mouth.isPoked(first.thread)).isFalse();
    assertThat(take()).isSameAs(work);
    rest(second);
    queue();
    assertThat(mouth.isPoked(second.thread)).isTrue();
    assertThat(mouth.isPoked(first.thread)).isFalse();
  }
}
