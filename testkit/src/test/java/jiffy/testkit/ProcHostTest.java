package jiffy.testkit;

import static jiffy.linux.Errno.EAGAIN;
import static jiffy.linux.Errno.EIO;
import static jiffy.linux.Errno.ERESTARTSYS;
import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Fs.O_WRONLY;
import static jiffy.linux.Sched.TASK_INTERRUPTIBLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.context.Context;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Scheduler;
import jiffy.runtime.sched.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users of a module's file who block, on real threads. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProcHostTest {
  private static final String BLOCKING =
      """
      import static jiffy.linux.ProcFs.*;
      import static jiffy.linux.Wait.*;
      import jiffy.types.*;
      @jiffy.linux.ModuleInfo(license = "GPL")
      public final class Block extends jiffy.linux.KernelModule {
        static final WaitQueueHead wq = DECLARE_WAIT_QUEUE_HEAD();
        static final ProcOps ops = new ProcOps();
        static int init() {
          ops.proc_read = (file, buf, count, pos) -> wait_event_interruptible(wq, () -> false);
          ops.proc_write = (file, buf, count, pos) -> wait_event_interruptible(wq, () -> false);
          proc_create("block", 0644, null, ops);
          return 0;
        }
        { module_init(Block::init); module_exit(() -> remove_proc_entry("block", null)); }
      }
      """;

  @TempDir private Path directory;

  private static Task start(Machine machine, int flags) {
    return machine
        .tasks()
        .spawn(
            "user",
            Owner.CORE,
            () -> {
              Context self = (Context) Current.get();
              byte[] some = new byte[8];
              try (OpenFile file = machine.proc().open(self, "/proc/block", flags)) {
                return (int)
                    (flags == O_RDONLY ? file.read(self, some, 8) : file.write(self, some, 0, 8));
              }
            });
  }

  @Test
  void user_whoIsKilledWhileHeBlocks_letsTheModuleGo() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("rmmod")) {
      machine.insmod(ModuleJar.of(BLOCKING).writeTo(directory.resolve("block.jar")));
      List<Task> users = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        users.add(start(machine, i % 2 == 0 ? O_RDONLY : O_WRONLY));
      }
      for (Task user : users) {
        while (user.struct.__state != TASK_INTERRUPTIBLE) {
          Thread.onSpinWait();
        }
        assertThat(machine.modules().rmmod(test.context(), "block", false)).isEqualTo(-EAGAIN);
      }
      for (Task user : users) {
        assertThat(user.isEnded()).isFalse();
        machine.sched().signal(user.struct, Scheduler.SIGKILL);
        user.join(test.context());
        assertThat(user.exitValue()).isEqualTo(-ERESTARTSYS);
      }
      assertThat(machine.modules().rmmod(test.context(), "block", false)).isZero();
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("left behind"));
    }
  }

  /** The readers of a module that must go are told to; its file does not keep the exit. */
  @Test
  void rmmod_byForce_endsWhoBlocks() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("rmmod")) {
      String forgets = BLOCKING.replace("remove_proc_entry(\"block\", null)", "{ }");
      machine.insmod(ModuleJar.of(forgets).writeTo(directory.resolve("block.jar")));
      Task user = start(machine, O_WRONLY);
      while (user.struct.__state != TASK_INTERRUPTIBLE) {
        Thread.onSpinWait();
      }
      assertThat(machine.modules().rmmod(test.context(), "block", true)).isZero();
      user.join(test.context());
      assertThat(user.exitValue()).isEqualTo(-ERESTARTSYS);
      assertThat(machine.dmesg())
          .anyMatch(l -> l.contains("proc file was left behind: /proc/block, made at init"));
    }
  }

  /** Its memory would be lost on Linux; here what it has open is given back, once. */
  @Test
  void rmmod_byForce_releasesWhatIsOpen() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("rmmod")) {
      String releases =
          BLOCKING
              .replace("remove_proc_entry(\"block\", null)", "{ }")
              .replace(
                  "proc_create(",
                  "ops.proc_release = (inode, file) -> {"
                      + " jiffy.linux.Printk.printk(\"released\\n\"); return 0; };\n"
                      + "proc_create(");
      machine.insmod(ModuleJar.of(releases).writeTo(directory.resolve("block.jar")));
      Task user = start(machine, O_WRONLY);
      while (user.struct.__state != TASK_INTERRUPTIBLE) {
        Thread.onSpinWait();
      }
      OpenFile idle = machine.proc().open(test.context(), "/proc/block", O_RDONLY);
      assertThat(machine.modules().rmmod(test.context(), "block", true)).isZero();
      user.join(test.context());
      assertThat(idle.read(test.context(), new byte[1], 1)).isEqualTo(-EIO);
      idle.close();
      assertThat(machine.dmesg()).filteredOn(line -> line.endsWith("] released")).hasSize(2);
    }
  }
}
