package jiffy.cli.host;

import static jiffy.linux.ProcFs.proc_create;
import static jiffy.linux.Wait.wait_event_interruptible;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jiffy.cli.tool.HangUp;
import jiffy.cli.tool.Invocation;
import jiffy.linux.Errno;
import jiffy.types.ProcOps;
import jiffy.types.WaitQueueHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real machine behind the tools. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MachineKernelTest {
  @TempDir Path cache;

  /** A user who goes when he is told to. */
  private static final class Leaver implements HangUp {
    final BlockingQueue<Runnable> actions = new LinkedBlockingQueue<>();
    volatile boolean gone;

    @Override
    public boolean hasHungUp() {
      return gone;
    }

    @Override
    public void onHangUp(Runnable action) {
      actions.add(action);
    }
  }

  @Test
  void read_ofAFileThatWaitsForEver_endsWhenTheUserHangsUp() throws Exception {
    WaitQueueHead queue = new WaitQueueHead();
    CountDownLatch waits = new CountDownLatch(1);
    CompletableFuture<Integer> result = new CompletableFuture<>();
    Leaver user = new Leaver();
    try (HostedKernel kernel = MachineKernel.boot("nr_cpus=1 plugins=", cache, () -> {})) {
      kernel.spawn(
          "cat",
          () -> {
            ProcOps ops = new ProcOps();
            ops.proc_read =
                (file, buf, count, pos) -> {
                  waits.countDown();
                  return wait_event_interruptible(queue, () -> false);
                };
            proc_create("forever", 0, null, ops);
            try {
              result.complete(kernel.forTools().read("/proc/forever", user, (bytes, length) -> {}));
            } catch (Invocation.GoneException e) {
              result.completeExceptionally(e);
            }
          });
      waits.await();
      user.gone = true;
      user.actions.take().run();
      assertThat(result.get()).isEqualTo(-Errno.ERESTARTSYS);
    }
  }
}
