package jiffy.runtime.proc;

import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Fs.simple_read_from_buffer;
import static jiffy.linux.Fs.simple_write_to_buffer;
import static jiffy.linux.Irqflags.local_irq_disable;
import static jiffy.linux.Irqflags.local_irq_enable;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Kstrtox.kstrtobool_from_user;
import static jiffy.linux.Kstrtox.kstrtoint_from_user;
import static jiffy.linux.Kstrtox.kstrtoull_from_user;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static jiffy.linux.Uaccess.clear_user;
import static jiffy.linux.Uaccess.copy_from_user;
import static jiffy.linux.Uaccess.copy_to_user;
import static jiffy.linux.Uaccess.get_user;
import static jiffy.linux.Uaccess.put_user;
import static jiffy.linux.Uaccess.strncpy_from_user;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.LoffT;
import jiffy.types.SpinlockT;
import jiffy.types.TaskStruct;
import jiffy.types.TimerList;
import jiffy.types.UserBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The user's memory: how much is copied, and who may not. */
@OnBothPlatforms
class UaccessTest {
  private final TestKernel kernel;
  private final TaskStruct self;
  private final byte[] memory = "0123456789".getBytes(StandardCharsets.UTF_8);
  private final UserBuffer user;
  private final byte[] bytes = "abcdefghij".getBytes(StandardCharsets.UTF_8);

  UaccessTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    self = kernel.self.context().task();
    user = new UserBuffer(memory, 2, 6, self);
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  private String memory() {
    return new String(memory, StandardCharsets.UTF_8);
  }

  @Test
  void copy_to_user_withinItsRoom_copiesAll() {
    assertThat(copy_to_user(user, bytes, 4)).isZero();
    assertThat(memory()).isEqualTo("01abcd6789");
    assertThat(copy_to_user(user.plus(4), bytes, 3, 2)).isZero();
    assertThat(memory()).isEqualTo("01abcdde89");
    assertThat(copy_to_user(user, "né", 3)).as("bytes of UTF-8").isZero();
    assertThat(memory()).startsWith("01né");
  }

  @Test
  void copy_to_user_beyondItsRoom_returnsWhatIsLeft() {
    assertThat(copy_to_user(user, bytes, 10)).isEqualTo(4);
    assertThat(memory()).isEqualTo("01abcdef89");
    assertThat(copy_to_user(user.plus(100), bytes, 1)).isEqualTo(1);
    assertThat(copy_to_user(user, bytes, -1)).isNotZero();
    assertThat(copy_to_user(user, bytes, 1L << 40)).isEqualTo((1L << 40) - 6);
  }

  @Test
  void copy_from_user_copiesWhatIsThere() {
    assertThat(copy_from_user(bytes, user, 3)).isZero();
    assertThat(copy_from_user(bytes, 8, user.plus(4), 9)).as("no room here").isEqualTo(7);
    assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("234defgh67");
    StringBuilder text = new StringBuilder("<");
    assertThat(copy_from_user(text, user, 4)).isZero();
    assertThat(copy_from_user(text, user.plus(4), 4)).as("two bytes there").isEqualTo(2);
    assertThat(text).hasToString("<234567");
  }

  @Test
  void get_userAndPut_user_moveOneByte() {
    byte[] x = {9};
    assertThat(get_user(x, user.plus(1))).isZero();
    assertThat(x[0]).isEqualTo((byte) '3');
    assertThat(put_user('z', user.plus(5))).isZero();
    assertThat(memory()).isEqualTo("0123456z89");
    assertThat(put_user('z', user.plus(6))).isEqualTo(-EFAULT);
    assertThat(get_user(x, user.plus(6))).isEqualTo(-EFAULT);
    assertThat(x[0]).isZero();
  }

  @Test
  void clear_user_writesZeros() {
    assertThat(clear_user(user, 2)).isZero();
    assertThat(clear_user(user.plus(5), 2)).isEqualTo(1);
    assertThat(memory()).isEqualTo("01\0\000456\00089");
  }

  @Test
  void strncpy_from_user_endsAtNulOrCount() {
    memory[5] = 0;
    StringBuilder text = new StringBuilder();
    assertThat(strncpy_from_user(text, user, 6)).isEqualTo(3);
    assertThat(strncpy_from_user(text, user, 2)).isEqualTo(2);
    assertThat(text).hasToString("23423");
    assertThat(strncpy_from_user(text, user.plus(4), 3)).as("no NUL there").isEqualTo(-EFAULT);
    assertThat(text).hasToString("23423");
  }

  @Test
  void simple_read_from_buffer_isAWholeRead() {
    LoffT pos = new LoffT();
    assertThat(simple_read_from_buffer(user, 4, pos, bytes, 10)).isEqualTo(4);
    assertThat(simple_read_from_buffer(user, 6, pos, bytes, 10)).isEqualTo(6);
    assertThat(pos.value).isEqualTo(10);
    assertThat(memory()).isEqualTo("01efghij89");
    assertThat(simple_read_from_buffer(user, 6, pos, bytes, 10)).isZero();
    pos.value = 9;
    assertThat(simple_read_from_buffer(user, 6, pos, "abcdefghij", 10)).isEqualTo(1);
    pos.value = -1;
    assertThat(simple_read_from_buffer(user, 6, pos, bytes, 10)).isEqualTo(-EINVAL);
    pos.value = 0;
    assertThat(simple_read_from_buffer(user.plus(6), 6, pos, bytes, 10)).isEqualTo(-EFAULT);
    assertThat(pos.value).isZero();
  }

  @Test
  void simple_write_to_buffer_endsWithTheRoom() {
    LoffT pos = new LoffT();
    pos.value = 7;
    assertThat(simple_write_to_buffer(bytes, 10, pos, user, 6)).isEqualTo(3);
    assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("abcdefg234");
    assertThat(simple_write_to_buffer(bytes, 10, pos, user, 6)).isZero();
    pos.value = -1;
    assertThat(simple_write_to_buffer(bytes, 10, pos, user, 6)).isEqualTo(-EINVAL);
  }

  @Test
  void kstrto_from_user_readsAUsersNumber() {
    byte[] line = "-42\n".getBytes(StandardCharsets.UTF_8);
    UserBuffer written = new UserBuffer(line, 0, 4, self);
    int[] res = {7};
    assertThat(kstrtoint_from_user(written, 4, 0, res)).isZero();
    assertThat(res[0]).isEqualTo(-42);
    assertThat(kstrtoint_from_user(written, 5, 0, res)).isEqualTo(-EFAULT);
    assertThat(kstrtoull_from_user(written, 4, 0, new long[1])).isEqualTo(-EINVAL);
    byte[] word = "yes, of course".getBytes(StandardCharsets.UTF_8);
    boolean[] yes = {false};
    UserBuffer said = new UserBuffer(word, 0, word.length, self);
    assertThat(kstrtobool_from_user(said, word.length, yes)).isZero();
    assertThat(yes[0]).isTrue();
  }

  @Test
  void copy_underASpinLock_isReportedAndRefused() {
    SpinlockT lock = new SpinlockT();
    spin_lock(lock);
    assertThat(copy_to_user(user, bytes, 4)).isEqualTo(4);
    assertThat(copy_from_user(bytes, user, 4)).isEqualTo(4);
    assertThat(put_user('x', user)).isEqualTo(-EFAULT);
    spin_unlock(lock);
    assertThat(memory()).isEqualTo("0123456789");
    assertThat(Arrays.copyOf(bytes, 4)).isEqualTo(new byte[] {'a', 'b', 'c', 'd'});
    List<String> log = kernel.machine.dmesg();
    assertThat(log)
        .filteredOn(l -> l.contains("BUG: sleeping function called from invalid context at "))
        .as("at most one a second")
        .hasSize(1);
    assertThat(log)
        .anyMatch(l -> l.contains("in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: "))
        .anyMatch(l -> l.contains("preempt_count: 1, expected: 0"));
    assertThat(copy_to_user(user, bytes, 4)).as("afterwards").isZero();
  }

  @Test
  void copy_withInterruptsOff_isReportedAndRefused() {
    local_irq_disable();
    long left = copy_to_user(user, bytes, 4);
    local_irq_enable();
    assertThat(left).isEqualTo(4);
    assertThat(kernel.machine.dmesg())
        .anyMatch(l -> l.contains("in_atomic(): 0, irqs_disabled(): 1,"));
  }

  @Test
  void copy_inATimer_isReportedAndRefused() {
    AtomicLong left = new AtomicLong(-1);
    TimerList timer = new TimerList();
    timer_setup(timer, t -> left.set(copy_to_user(user, bytes, 4)), 0);
    mod_timer(timer, jiffies() + 1);
    kernel.until("the timer runs", () -> left.get() >= 0);
    assertThat(left).hasValue(4);
    assertThat(kernel.machine.dmesg())
        .anyMatch(l -> l.contains("BUG: sleeping function called from"));
  }

  @Test
  void copy_onAnotherTask_isRefused() {
    UserBuffer other = new UserBuffer(memory, 0, 4, new TaskStruct(9, "other"));
    assertThat(copy_to_user(other, bytes, 4)).isEqualTo(4);
    assertThat(kernel.machine.dmesg()).noneMatch(l -> l.contains("BUG:"));
  }
}
