package jiffy.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test whose body runs as a task of a simulated machine: kernel functions may be called in it,
 * and time is virtual.
 *
 * <pre>{@code
 * @KernelTest
 * void kt_forTenSeconds_ticks(TestMachine kernel) {
 *   kernel.insmod("kt", ModuleJar.ofModule(Kt.class));
 *   kernel.advance(Duration.ofSeconds(10));
 *   kernel.rmmod("kt");
 *   assertThat(kernel.dmesg()).hasPart("timer_callback");
 * }
 * }</pre>
 *
 * <p>The body, and the {@code @BeforeEach} and {@code @AfterEach} methods of its class, may take a
 * {@link TestMachine}, a {@link jiffy.runtime.Machine} or a {@link jiffy.runtime.Simulation}; they
 * run on a thread of their own, so thread-locals of JUnit's thread are not seen. A body that blocks
 * outside the kernel, or loops without calling it, is ended after 5 s of real time, with its stack.
 *
 * <p>After the body nothing may be left: no module, timer, work, kernel thread or file, no loader
 * of a module that was unloaded; and the kernel must not have complained in its log.
 *
 * <p>With {@link #schedules} the body runs that often, each time on a machine and an instance of
 * the test class of its own, each time with another order of who runs when: see {@code
 * docs/testing.md}. The class's {@code @BeforeEach} and {@code @AfterEach} methods run each time,
 * too; fields that other extensions have filled in, such as {@code @TempDir}, are carried over.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Test
@ExtendWith(KernelTestExtension.class)
public @interface KernelTest {
  /** Ticks per second. */
  int hz() default 250;

  /** CPUs of the machine. */
  int cpus() default 2;

  /** Further words of the kernel command line: {@code log_buf_len=1M kt.interval=3}. */
  String parameters() default "";

  /** Under how many schedules it runs. 1: once, in the usual order. */
  int schedules() default 1;

  /** From which all schedules are made. The same seed makes the same ones, on each JDK. */
  long seed() default 0;

  /**
   * Runs it once, under this schedule: what a failed test has printed. Overrides {@link
   * #schedules}.
   */
  String replay() default "";

  /** Whether something may be left after the test. */
  boolean mayLeave() default false;

  /** Whether the kernel may complain in its log. */
  boolean mayComplain() default false;
}
