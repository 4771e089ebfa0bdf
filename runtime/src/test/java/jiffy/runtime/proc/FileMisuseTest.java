package jiffy.runtime.proc;

import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EIO;
import static jiffy.linux.Errno.EISDIR;
import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Fs.O_RDWR;
import static jiffy.linux.Fs.SEEK_SET;
import static jiffy.linux.ProcFs.proc_create;
import static jiffy.linux.ProcFs.proc_mkdir;
import static jiffy.linux.ProcFs.remove_proc_entry;
import static jiffy.linux.SeqFiles.seq_printf;
import static jiffy.linux.SeqFiles.single_open;
import static jiffy.linux.SeqFiles.single_release;
import static jiffy.linux.Uaccess.copy_from_user;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.linux.SeqFiles;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.context.Context;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.types.ProcOps;
import jiffy.types.SeqOperations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Files of modules that do what they should not: wrong values, and removals from inside. */
class FileMisuseTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Attachment test = machine.attach("sh", 0);
  private final Simulation sim = machine.simulation().orElseThrow();
  private final ProcOps ops = new ProcOps();
  private final StringBuilder written = new StringBuilder();
  private final List<String> calls = new ArrayList<>();

  @AfterEach
  void halt() {
    test.close();
    machine.close();
  }

  private OpenFile open(String path, int flags) {
    return machine.proc().open(test.context(), path, flags);
  }

  private long write(OpenFile file, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return file.write(test.context(), bytes, 0, bytes.length);
  }

  private void takesWrites(int atOnce) {
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

  /** On Linux it would wait for itself for ever. What it has open is released when it closes it. */
  @Test
  void remove_byAReaderInside_doesNotWaitForItself() {
    SeqOperations.Show show =
        (m, v) -> {
          seq_printf(m, "before, ");
          remove_proc_entry("suicide", null);
          seq_printf(m, "after\n");
          return 0;
        };
    ops.proc_open = (inode, file) -> single_open(file, show, null);
    ops.proc_read = SeqFiles::seq_read;
    ops.proc_release =
        (inode, file) -> {
          calls.add("release");
          return single_release(inode, file);
        };
    proc_create("suicide", 0, null, ops);
    OpenFile file = open("/proc/suicide", O_RDONLY);
    byte[] into = new byte[40];
    assertThat(file.read(test.context(), into, 40)).isEqualTo(14);
    assertThat(new String(into, 0, 14, StandardCharsets.UTF_8)).isEqualTo("before, after\n");
    assertThat(calls).isEmpty();
    assertThat(file.read(test.context(), into, 40)).isEqualTo(-EIO);
    file.close();
    file.close();
    assertThat(calls).containsExactly("release");
    assertThat(machine.dmesg())
        .anyMatch(
            line -> line.contains("/proc/suicide from its own function would wait for itself"))
        .noneMatch(line -> line.contains("threw"));
  }

  @Test
  void remove_byAReaderInside_waitsForTheOthersInside() {
    ops.proc_read =
        (file, buf, count, pos) -> {
          if (calls.isEmpty()) {
            calls.add("first");
            msleep(100);
            calls.add("first ends");
          } else {
            remove_proc_entry("two", null);
            calls.add("removed");
          }
          return 0;
        };
    proc_create("two", 0, null, ops);
    Task first = start(O_RDONLY, "/proc/two");
    sim.advance(Duration.ofMillis(10));
    Task second = start(O_RDONLY, "/proc/two");
    sim.advance(Duration.ofSeconds(1));
    assertThat(calls).containsExactly("first", "first ends", "removed");
    assertThat(first.isEnded()).isTrue();
    assertThat(second.isEnded()).isTrue();
  }

  @Test
  void open_thatReturnsMoreThanZero_isEinvalAndSaid() {
    ops.proc_open = (inode, file) -> 1;
    ops.proc_read = (file, buf, count, pos) -> calls.add("read") ? 1 : 0;
    proc_create("positive", 0, null, ops);
    try (OpenFile file = open("/proc/positive", O_RDONLY)) {
      assertThat(file.error()).isEqualTo(-EINVAL);
      assertThat(file.read(test.context(), new byte[1], 1)).isEqualTo(-EINVAL);
      assertThat(write(file, "x")).isEqualTo(-EINVAL);
      assertThat(file.seek(test.context(), 0, SEEK_SET)).isEqualTo(-EINVAL);
    }
    assertThat(calls).isEmpty();
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("proc_open of /proc/positive"));
  }

  /** {@code rw_verify_area}: the module is not asked. */
  @Test
  void offset_belowZeroOrBeyondTheLargest_isEinval() {
    ops.proc_read =
        (file, buf, count, pos) -> {
          calls.add("read");
          pos.value = -5;
          return 1;
        };
    takesWrites(1);
    proc_create("far", 0, null, ops);
    try (OpenFile file = open("/proc/far", O_RDWR)) {
      assertThat(file.readAt(test.context(), new byte[1], 1, -1)).isEqualTo(-EINVAL);
      assertThat(file.readAt(test.context(), new byte[9], 9, Long.MAX_VALUE)).isEqualTo(-EINVAL);
      assertThat(file.readAt(test.context(), new byte[1], -1, 0)).isEqualTo(-EINVAL);
      assertThat(calls).isEmpty();
      assertThat(file.read(test.context(), new byte[1], 1)).isEqualTo(1);
      assertThat(file.read(test.context(), new byte[1], 1)).isEqualTo(-EINVAL);
      assertThat(write(file, "x")).isEqualTo(-EINVAL);
      assertThat(calls).containsExactly("read");
    }
  }

  @Test
  void create_whereTheKernelHasADirectory_isRefused() {
    ops.proc_read = (file, buf, count, pos) -> 0;
    assertThat(proc_create("sys", 0, null, ops)).isNull();
    assertThat(proc_mkdir("jiffy", null)).isNull();
    assertThat(open("/proc/sys", O_RDONLY).error()).isEqualTo(-EISDIR);
    assertThat(machine.dmesg())
        .anyMatch(line -> line.endsWith("proc_dir_entry '/proc/sys' already registered"));
  }

  @Test
  void create_ofAnothersFile_isRefusedAndTheFirstStays() {
    ops.proc_read = (file, buf, count, pos) -> 1;
    proc_create("same", 0, null, ops);
    ProcOps others = new ProcOps();
    others.proc_read = (file, buf, count, pos) -> 2;
    assertThat(proc_create("same", 0, null, others)).isNull();
    try (OpenFile file = open("/proc/same", O_RDONLY)) {
      assertThat(file.read(test.context(), new byte[2], 2)).isEqualTo(1);
    }
  }

  /** A task that reads or writes once, and exits with the result. */
  private Task start(int flags, String path) {
    return machine
        .tasks()
        .spawn(
            "cat",
            Owner.CORE,
            1,
            () -> {
              Context self = (Context) Current.get();
              try (OpenFile file = machine.proc().open(self, path, flags)) {
                return (int)
                    (flags == O_RDONLY
                        ? file.read(self, new byte[8], 8)
                        : file.write(self, new byte[8], 0, 8));
              }
            });
  }
}
