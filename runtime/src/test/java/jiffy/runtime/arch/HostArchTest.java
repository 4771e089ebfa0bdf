package jiffy.runtime.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostArchTest {
  private final AtomicInteger looks = new AtomicInteger();

  @Test
  void linger_moreComes_saysSoAtOnce() {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
    try (HostArch arch = new HostArch()) {
      assertThat(arch.linger(() -> looks.incrementAndGet() == 1)).isTrue();
      assertThat(looks).hasValue(1);
    }
  }

  @Test
  void linger_nothingComes_ends() {
    try (HostArch arch = new HostArch()) {
      assertThat(arch.linger(() -> looks.incrementAndGet() < 0)).isFalse();
    }
  }
}
