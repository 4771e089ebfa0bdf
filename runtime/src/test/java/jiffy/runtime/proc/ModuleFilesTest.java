package jiffy.runtime.proc;

import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Errno.EACCES;
import static jiffy.linux.Errno.EBADF;
import static jiffy.linux.Errno.EBUSY;
import static jiffy.linux.Errno.EIO;
import static jiffy.linux.Errno.EISDIR;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Errno.ERESTARTSYS;
import static jiffy.linux.Errno.ESPIPE;
import static jiffy.linux.Fs.FMODE_READ;
import static jiffy.linux.Fs.FMODE_WRITE;
import static jiffy.linux.Fs.O_NONBLOCK;
import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Fs.O_RDWR;
import static jiffy.linux.Fs.O_WRONLY;
import static jiffy.linux.Fs.SEEK_SET;
import static jiffy.linux.Fs.simple_read_from_buffer;
import static jiffy.linux.ProcFs.file_inode;
import static jiffy.linux.ProcFs.pde_data;
import static jiffy.linux.ProcFs.proc_create;
import static jiffy.linux.ProcFs.proc_create_data;
import static jiffy.linux.ProcFs.proc_get_parent_data;
import static jiffy.linux.ProcFs.proc_mkdir;
import static jiffy.linux.ProcFs.proc_mkdir_data;
import static jiffy.linux.ProcFs.proc_remove;
import static jiffy.linux.ProcFs.remove_proc_entry;
import static jiffy.linux.ProcFs.remove_proc_subtree;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Wait.wait_event_interruptible;
import static jiffy.linux.Wait.waitqueue_active;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Scheduler;
import jiffy.runtime.sched.Task;
import jiffy.types.ProcDirEntry;
import jiffy.types.ProcOps;
import jiffy.types.SpinlockT;
import jiffy.types.WaitQueueHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Files of modules: opened, read, written, and removed meanwhile. */
@OnBothPlatforms
class ModuleFilesTest {
  private final FileRoom room;
  private final TestKernel kernel;
  private final Machine machine;
  private final Attachment test;
  private final ProcOps ops;
  private final List<String> calls;

  ModuleFilesTest(Platform platform) {
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

  @Test
  void write_givesTheModuleTheBytes() {
    room.takesWrites(100);
    proc_create("in", 0644, null, ops);
    try (OpenFile file = room.open("/proc/in", O_WRONLY)) {
      assertThat(room.write(file, "hello\n")).isEqualTo(6);
      assertThat(file.write(test.context(), "xyz".getBytes(StandardCharsets.UTF_8), 1, 2))
          .isEqualTo(2);
    }
    assertThat(room.written).hasToString("hello\nyz");
    assertThat(calls).containsExactly("6@6", "2@8");
  }

  @Test
  void write_thatTakesAPart_saysHowMuch() {
    room.takesWrites(4);
    proc_create("in", 0644, null, ops);
    try (OpenFile file = room.open("/proc/in", O_WRONLY)) {
      assertThat(room.write(file, "hello\n")).isEqualTo(4);
      assertThat(room.written).hasToString("hell");
    }
  }

  @Test
  void write_thatClaimsMoreThanItGot_isCutToThat() {
    ops.proc_write = (file, buf, count, pos) -> count + 5;
    proc_create("in", 0200, null, ops);
    try (OpenFile file = room.open("/proc/in", O_WRONLY)) {
      assertThat(room.write(file, "abc")).isEqualTo(3);
    }
  }

  @Test
  void open_asTheModeDoesNotLetTheOwner_isEacces() {
    ops.proc_read = (file, buf, count, pos) -> 0;
    room.takesWrites(1);
    proc_create("r", 0444, null, ops);
    proc_create("w", 0200, null, ops);
    proc_create("rw", 0600, null, ops);
    assertThat(room.open("/proc/r", O_RDONLY).error()).isZero();
    assertThat(room.open("/proc/r", O_WRONLY).error()).isEqualTo(-EACCES);
    assertThat(room.open("/proc/r", O_RDWR).error()).isEqualTo(-EACCES);
    assertThat(room.open("/proc/w", O_WRONLY).error()).isZero();
    assertThat(room.open("/proc/w", O_RDONLY).error()).isEqualTo(-EACCES);
    assertThat(room.open("/proc/rw", O_RDWR).error()).isZero();
    assertThat(room.open("/proc/version", O_WRONLY).error()).isEqualTo(-EACCES);
  }

  @Test
  void open_ofAFileWithoutAMode_mayBeWrittenIfItCan() {
    ops.proc_read = (file, buf, count, pos) -> 0;
    proc_create("r", 0, null, ops);
    assertThat(room.open("/proc/r", O_WRONLY).error()).isEqualTo(-EACCES);
    room.takesWrites(1);
    proc_create("rw", 0, null, ops);
    assertThat(room.open("/proc/rw", O_RDWR).error()).isZero();
  }

  @Test
  void file_withoutAFunction_isEioAndEspipe() {
    proc_create("none", 0644, null, ops);
    try (OpenFile file = room.open("/proc/none", O_RDWR)) {
      assertThat(file.read(test.context(), new byte[1], 1)).isEqualTo(-EIO);
      assertThat(room.write(file, "x")).isEqualTo(-EIO);
      assertThat(file.seek(test.context(), 0, SEEK_SET)).isEqualTo(-ESPIPE);
    }
  }

  @Test
  void file_openedForTheOther_isEbadf() {
    ops.proc_read = (file, buf, count, pos) -> 0;
    room.takesWrites(1);
    proc_create("rw", 0644, null, ops);
    try (OpenFile reader = room.open("/proc/rw", O_RDONLY);
        OpenFile writer = room.open("/proc/rw", O_WRONLY)) {
      assertThat(room.write(reader, "x")).isEqualTo(-EBADF);
      assertThat(writer.read(test.context(), new byte[1], 1)).isEqualTo(-EBADF);
    }
    try (OpenFile own = room.open("/proc/version", O_RDONLY)) {
      assertThat(room.write(own, "x")).isEqualTo(-EBADF);
    }
  }

  @Test
  void openAndRelease_seeTheFileAndItsData() {
    ops.proc_open =
        (inode, file) -> {
          file.private_data = "mine";
          calls.add("open " + pde_data(inode) + " " + proc_get_parent_data(inode));
          calls.add("flags " + file.f_flags + " mode " + file.f_mode);
          return 0;
        };
    ops.proc_read =
        (file, buf, count, pos) ->
            simple_read_from_buffer(buf, count, pos, "of " + pde_data(file_inode(file)) + "\n", 8);
    ops.proc_release =
        (inode, file) -> {
          calls.add("release " + file.private_data);
          return -EIO; // ignored
        };
    ProcDirEntry dir = proc_mkdir_data("dir", 0, null, "above");
    proc_create_data("f", 0644, dir, ops, "data");
    OpenFile file = room.open("/proc/dir/f", O_RDWR | O_NONBLOCK);
    byte[] into = new byte[20];
    assertThat(file.read(test.context(), into, 20)).isEqualTo(8);
    assertThat(new String(into, 0, 8, StandardCharsets.UTF_8)).isEqualTo("of data\n");
    assertThat(file.read(test.context(), into, 20)).isZero();
    file.close();
    file.close();
    assertThat(calls)
        .containsExactly(
            "open data above",
            "flags " + (O_RDWR | O_NONBLOCK) + " mode " + (FMODE_READ | FMODE_WRITE),
            "release mine");
  }

  @Test
  void open_thatTheModuleRefuses_isNeitherReadNorReleased() {
    ops.proc_open = (inode, file) -> -EBUSY;
    ops.proc_release = (inode, file) -> calls.size();
    ops.proc_read = (file, buf, count, pos) -> 0;
    proc_create("busy", 0, null, ops);
    try (OpenFile file = room.open("/proc/busy", O_RDONLY)) {
      assertThat(file.error()).isEqualTo(-EBUSY);
    }
    assertThat(calls).isEmpty();
  }

  @Test
  void remove_ofAnOpenFile_releasesItOnceAndReadsFail() {
    ops.proc_open =
        (inode, file) -> {
          calls.add("open");
          return 0;
        };
    ops.proc_read = (file, buf, count, pos) -> 1;
    ops.proc_release =
        (inode, file) -> {
          calls.add("release");
          return 0;
        };
    proc_create("gone", 0, null, ops);
    OpenFile file = room.open("/proc/gone", O_RDONLY);
    assertThat(file.read(test.context(), new byte[1], 1)).isEqualTo(1);
    remove_proc_entry("gone", null);
    assertThat(calls).containsExactly("open", "release");
    assertThat(file.read(test.context(), new byte[1], 1)).isEqualTo(-EIO);
    file.close();
    assertThat(calls).containsExactly("open", "release");
    assertThat(room.open("/proc/gone", O_RDONLY).error()).isEqualTo(-ENOENT);
  }

  @Test
  void remove_whileSomebodyIsInside_waitsForHim() {
    AtomicBoolean entered = new AtomicBoolean();
    ops.proc_read =
        (file, buf, count, pos) -> {
          entered.set(true);
          msleep(100);
          calls.add("read");
          return 0;
        };
    proc_create("slow", 0, null, ops);
    Task reader = room.start(O_RDONLY, "/proc/slow");
    kernel.until("he is inside", entered::get);
    remove_proc_entry("slow", null);
    assertThat(calls).containsExactly("read");
    assertThat(kernel.join(reader)).isZero();
  }

  @Test
  void signal_forOneWhoWaitsInAWrite_endsItsWait() {
    WaitQueueHead queue = new WaitQueueHead();
    ops.proc_write = (file, buf, count, pos) -> wait_event_interruptible(queue, () -> false);
    proc_create("full", 0, null, ops);
    Task writer = room.start(O_WRONLY, "/proc/full");
    kernel.until("he waits", () -> waitqueue_active(queue));
    kernel.settle();
    assertThat(writer.isEnded()).isFalse();
    machine.sched().signal(writer.struct, Scheduler.SIGKILL);
    assertThat(kernel.join(writer)).isEqualTo(-ERESTARTSYS);
  }

  @Test
  void directories_areMadeNamedAndRemoved() {
    ops.proc_read = (file, buf, count, pos) -> 0;
    ProcDirEntry driver = proc_mkdir("driver", null);
    assertThat(proc_create("driver/jit", 0, null, ops).__path()).isEqualTo("/proc/driver/jit");
    ProcDirEntry deep = proc_mkdir("deep", driver);
    proc_create("one", 0, deep, ops);
    assertThat(room.open("/proc/driver", O_RDONLY).error()).isEqualTo(-EISDIR);
    assertThat(room.open("/proc/driver", O_WRONLY).error()).isEqualTo(-EISDIR);
    assertThat(room.open("/proc/", O_RDONLY).error()).isEqualTo(-EISDIR);
    assertThat(room.open("/proc/sys/kernel", O_RDONLY).error()).isEqualTo(-EISDIR);
    assertThat(room.open("/proc/driver/deep/one", O_RDONLY).error()).isZero();
    assertThat(room.open("/proc/driver/one", O_RDONLY).error()).isEqualTo(-ENOENT);
    assertThat(remove_proc_subtree("nosuch", driver)).isEqualTo(-ENOENT);
    assertThat(remove_proc_subtree("deep", driver)).isZero();
    assertThat(room.open("/proc/driver/deep/one", O_RDONLY).error()).isEqualTo(-ENOENT);
    remove_proc_entry("driver/jit", null);
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("WARNING"));
    proc_remove(driver);
    proc_remove(null);
    assertThat(machine.proc().list()).noneMatch(path -> path.startsWith("/proc/driver"));
  }

  @Test
  void create_whereThereIsNoDirectory_isRefusedAndSaid() {
    ops.proc_read = (file, buf, count, pos) -> 0;
    assertThat(proc_create("nosuch/jit", 0, null, ops)).isNull();
    assertThat(proc_create("", 0, null, ops)).isNull();
    assertThat(proc_create("f", 0, null, ops)).isNotNull();
    assertThat(proc_create("f/g", 0, null, ops)).as("a file is no directory").isNull();
    ProcDirEntry removed = proc_mkdir("removed", null);
    proc_remove(removed);
    assertThat(proc_create("late", 0, removed, ops)).isNull();
    assertThat(machine.dmesg())
        .anyMatch(line -> line.endsWith("name 'nosuch/jit'"))
        .anyMatch(line -> line.endsWith("name ''"))
        .anyMatch(line -> line.endsWith("name 'f/g'"))
        .anyMatch(line -> line.endsWith("name 'late'"));
  }

  @Test
  void create_underASpinLock_isReported() {
    SpinlockT lock = new SpinlockT();
    spin_lock(lock);
    proc_mkdir("atomic", null);
    spin_unlock(lock);
    assertThat(machine.dmesg())
        .anyMatch(l -> l.contains("BUG: sleeping function called from invalid context at "));
  }
}
