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
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import jiffy.linux.SeqFiles;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.types.ProcOps;
import jiffy.types.SeqOperations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Files of modules that do what they should not: wrong values, and removals from inside. */
@OnBothPlatforms
class FileMisuseTest {
  private final FileRoom room;
  private final TestKernel kernel;
  private final Machine machine;
  private final Attachment test;
  private final ProcOps ops;
  private final List<String> calls;

  FileMisuseTest(Platform platform) {
    room = new FileRoom(platform);
    kernel = room.kernel;
    machine = kernel.machine;
    test = kernel.self;
    ops = room.ops;
    calls = room.calls;
  }

  @AfterEach
  void halt() {
    room.close();
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
    OpenFile file = room.open("/proc/suicide", O_RDONLY);
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
    Task first = room.start(O_RDONLY, "/proc/two");
    kernel.until("the first is inside", () -> !calls.isEmpty());
    Task second = room.start(O_RDONLY, "/proc/two");
    assertThat(kernel.join(first)).isZero();
    assertThat(kernel.join(second)).isZero();
    assertThat(calls).containsExactly("first", "first ends", "removed");
  }

  @Test
  void open_thatReturnsMoreThanZero_isEinvalAndSaid() {
    ops.proc_open = (inode, file) -> 1;
    ops.proc_read = (file, buf, count, pos) -> calls.add("read") ? 1 : 0;
    proc_create("positive", 0, null, ops);
    try (OpenFile file = room.open("/proc/positive", O_RDONLY)) {
      assertThat(file.error()).isEqualTo(-EINVAL);
      assertThat(file.read(test.context(), new byte[1], 1)).isEqualTo(-EINVAL);
      assertThat(room.write(file, "x")).isEqualTo(-EINVAL);
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
    room.takesWrites(1);
    proc_create("far", 0, null, ops);
    try (OpenFile file = room.open("/proc/far", O_RDWR)) {
      assertThat(file.readAt(test.context(), new byte[1], 1, -1)).isEqualTo(-EINVAL);
      assertThat(file.readAt(test.context(), new byte[9], 9, Long.MAX_VALUE)).isEqualTo(-EINVAL);
      assertThat(file.readAt(test.context(), new byte[1], -1, 0)).isEqualTo(-EINVAL);
      assertThat(calls).isEmpty();
      assertThat(file.read(test.context(), new byte[1], 1)).isEqualTo(1);
      assertThat(file.read(test.context(), new byte[1], 1)).isEqualTo(-EINVAL);
      assertThat(room.write(file, "x")).isEqualTo(-EINVAL);
      assertThat(calls).containsExactly("read");
    }
  }

  @Test
  void create_whereTheKernelHasADirectory_isRefused() {
    ops.proc_read = (file, buf, count, pos) -> 0;
    assertThat(proc_create("sys", 0, null, ops)).isNull();
    assertThat(proc_mkdir("jiffy", null)).isNull();
    assertThat(room.open("/proc/sys", O_RDONLY).error()).isEqualTo(-EISDIR);
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
    try (OpenFile file = room.open("/proc/same", O_RDONLY)) {
      assertThat(file.read(test.context(), new byte[2], 2)).isEqualTo(1);
    }
  }
}
