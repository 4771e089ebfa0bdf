package jiffy.runtime.proc;

import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Uaccess.copy_from_user;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.context.Context;
import jiffy.runtime.sched.Task;
import jiffy.types.ProcOps;

/** A kernel, the functions of a module's file in it, and who opens, reads and writes it. */
final class FileRoom implements AutoCloseable {
  final TestKernel kernel;

  /** For the file that a test makes. */
  final ProcOps ops = new ProcOps();

  /** What {@link #takesWrites} got. */
  final StringBuilder written = new StringBuilder();

  /** Which functions were called, as a test notes it. */
  final List<String> calls = new CopyOnWriteArrayList<>();

  FileRoom(Platform platform) {
    kernel = TestKernel.boot(platform);
  }

  OpenFile open(String path, int flags) {
    return kernel.machine.proc().open(kernel.self.context(), path, flags);
  }

  long write(OpenFile file, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return file.write(kernel.self.context(), bytes, 0, bytes.length);
  }

  /** The file takes so many bytes of a write at most. */
  void takesWrites(int atOnce) {
    ops.proc_write =
        (file, buf, count, pos) -> {
          long n = Math.min(count, atOnce);
          if (copy_from_user(written, buf, n) != 0) {
            return -1;
          }
          pos.value += n;
          calls.add(count + "@" + pos.value);
          return n;
        };
  }

  /** A task that reads or writes once, and exits with the result. */
  Task start(int flags, String path) {
    return kernel
        .machine
        .tasks()
        .spawn(
            "cat",
            Owner.CORE,
            1,
            () -> {
              Context self = (Context) Current.get();
              try (OpenFile file = kernel.machine.proc().open(self, path, flags)) {
                return (int)
                    (flags == O_RDONLY
                        ? file.read(self, new byte[8], 8)
                        : file.write(self, new byte[8], 0, 8));
              }
            });
  }

  @Override
  public void close() {
    kernel.close();
  }
}
