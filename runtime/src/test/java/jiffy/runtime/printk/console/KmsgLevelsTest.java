package jiffy.runtime.printk.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;

/** The table of KmsgLevels. */
class KmsgLevelsTest {
  private static int[] kernel(Level... levels) {
    return Stream.of(levels).mapToInt(KmsgLevels::kernel).toArray();
  }

  private static int[] kernel(java.util.logging.Level... levels) {
    return Stream.of(levels).mapToInt(KmsgLevels::kernel).toArray();
  }

  @Test
  void log4j_ofKernelLevels() {
    assertThat(IntStream.range(0, 8).mapToObj(KmsgLevels::log4j))
        .containsExactly(
            Level.FATAL,
            Level.FATAL,
            Level.FATAL,
            Level.ERROR,
            Level.WARN,
            Level.INFO,
            Level.INFO,
            Level.DEBUG);
  }

  @Test
  void kernel_ofLog4jLevels() {
    assertThat(kernel(Level.FATAL, Level.ERROR, Level.WARN, Level.INFO, Level.DEBUG, Level.TRACE))
        .containsExactly(2, 3, 4, 6, 7, 7);
    assertThat(kernel(Level.OFF, Level.ALL)).containsExactly(2, 7);
  }

  @Test
  void kernel_ofALibrarysOwnLevels_isTheNextMilder() {
    assertThat(
            kernel(
                Level.forName("KMSG_TEST_FATALISH", 150),
                Level.forName("KMSG_TEST_NOTICE", 350),
                Level.forName("KMSG_TEST_CONFIG", 450)))
        .containsExactly(3, 5, 7);
  }

  @Test
  void kernel_ofJavaUtilLoggingLevels() {
    assertThat(
            kernel(
                java.util.logging.Level.SEVERE,
                java.util.logging.Level.WARNING,
                java.util.logging.Level.INFO,
                java.util.logging.Level.CONFIG,
                java.util.logging.Level.FINE,
                java.util.logging.Level.FINEST))
        .containsExactly(3, 4, 6, 7, 7, 7);
  }
}
