package jiffy.cli.host;

import static jiffy.linux.ProcFs.proc_create;
import static jiffy.linux.Uaccess.copy_from_user;
import static jiffy.linux.Wait.wait_event_interruptible;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jiffy.cli.dmesg.record.KmsgRecord;
import jiffy.cli.dmesg.record.RecordSource;
import jiffy.cli.tool.HangUp;
import jiffy.cli.tool.Invocation;
import jiffy.cli.tool.RunningKernel;
import jiffy.cli.wire.Request;
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

  @Test
  void read_ofAFileThatWaitsForEver_endsWhenTheUserHangsUp() throws Exception {
    WaitQueueHead queue = new WaitQueueHead();
    CountDownLatch waits = new CountDownLatch(1);
    CompletableFuture<Integer> result = new CompletableFuture<>();
    Leaver user = new Leaver();
    try (HostedKernel kernel = MachineKernel.boot("nr_cpus=1 plugins=", cache, () -> {})) {
      kernel.spawn(
          "cat",
          true,
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
      user.leave();
      assertThat(result.get()).isEqualTo(-Errno.ERESTARTSYS);
    }
  }

  /** What Ctrl-C does: the connection ends, its task gets a signal, the module's wait is over. */
  @Test
  void clientThatGoes_endsTheWaitOfItsReader() throws Exception {
    WaitQueueHead queue = new WaitQueueHead();
    CountDownLatch waits = new CountDownLatch(1);
    CompletableFuture<Integer> result = new CompletableFuture<>();
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(cache.resolve("s"));
    ProcOps ops = new ProcOps();
    ops.proc_read =
        (file, buf, count, pos) -> {
          waits.countDown();
          int woken = wait_event_interruptible(queue, () -> false);
          result.complete(woken);
          return woken;
        };
    try (HostedKernel kernel =
            MachineKernel.boot("nr_cpus=1 plugins=", cache.resolve("m"), () -> {});
        ControlServer server =
            ControlServer.open(
                address,
                (request, session, finish) ->
                    kernel.spawn(
                        "cat",
                        true,
                        () -> {
                          proc_create("forever", 0, null, ops);
                          finish.accept(cat(kernel, session));
                        }));
        SocketChannel client = SocketChannel.open(address)) {
      ByteBuffer request = new Request(false, "/", List.of("cat", "x"), Map.of()).encode();
      while (request.hasRemaining()) {
        client.write(request);
      }
      waits.await();
      assertThat(result).isNotDone();
      client.close();
      assertThat(result.get()).isEqualTo(-Errno.ERESTARTSYS);
    }
  }

  private static int cat(HostedKernel kernel, Session session) {
    try {
      return kernel.forTools().read("/proc/forever", session, (bytes, length) -> {});
    } catch (Invocation.GoneException e) {
      return 1;
    }
  }

  @Test
  void write_inPieces_givesTheFileAll() throws Exception {
    StringBuilder written = new StringBuilder();
    CompletableFuture<List<RunningKernel.Written>> results = new CompletableFuture<>();
    try (HostedKernel kernel = MachineKernel.boot("nr_cpus=1 plugins=", cache, () -> {})) {
      kernel.spawn(
          "write",
          true,
          () -> {
            ProcOps ops = new ProcOps();
            ops.proc_write =
                (file, buf, count, pos) -> {
                  long n = written.length() < 8 ? Math.min(count, 3) : -Errno.ENOSPC;
                  return n < 0 ? n : n - copy_from_user(written, buf, n);
                };
            proc_create("in", 0644, null, ops);
            ProcOps lazy = new ProcOps();
            lazy.proc_write = (file, buf, count, pos) -> 0;
            proc_create("lazy", 0644, null, lazy);
            results.complete(
                List.of(
                    write(kernel, "/proc/in", "abcdefg"),
                    write(kernel, "/proc/in", "hijk"),
                    write(kernel, "/proc/in", ""),
                    write(kernel, "/proc/lazy", "xy"),
                    write(kernel, "/proc/nosuch", "x"),
                    write(kernel, "/proc/version", "x"),
                    write(kernel, "/proc", "x"),
                    write(kernel, "/dev/kmsg", "<5>written\n")));
          });
      assertThat(results.get())
          .containsExactly(
              new RunningKernel.Written(true, 0, 7),
              new RunningKernel.Written(true, -Errno.ENOSPC, 3),
              new RunningKernel.Written(true, 0, 0),
              new RunningKernel.Written(true, 0, 0),
              new RunningKernel.Written(false, -Errno.ENOENT, 0),
              new RunningKernel.Written(false, -Errno.EACCES, 0),
              new RunningKernel.Written(false, -Errno.EISDIR, 0),
              new RunningKernel.Written(true, 0, 11));
      assertThat(written).hasToString("abcdefghij");
      CompletableFuture<List<String>> log = new CompletableFuture<>();
      kernel.spawn("dmesg", true, () -> log.complete(records(kernel)));
      assertThat(log.get()).anyMatch(record -> record.matches("(?s)13,\\d+,\\d+,-;written\n?"));
    }
  }

  private static List<String> records(HostedKernel kernel) {
    List<String> log = new ArrayList<>();
    try (RecordSource.Reading records =
        kernel.forTools().log(RunningKernel.From.CLEAR_MARK, HangUp.NEVER)) {
      for (KmsgRecord record = records.poll(); record != null; record = records.poll()) {
        log.add(record.text());
      }
      return log;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RunningKernel.Written write(HostedKernel kernel, String file, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return kernel.forTools().write(file, HangUp.NEVER, bytes);
  }
}
