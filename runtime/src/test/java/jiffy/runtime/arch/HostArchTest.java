package jiffy.runtime.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostArchTest {
  private final AtomicInteger looks = new AtomicInteger();

  @BeforeEach
  void needTwoProcessors() {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
  }

  @Test
  void linger_moreComesAfterAWhile_isAskedUntilThen() {
    try (HostArch arch = new HostArch()) {
      boolean came = false;
      for (int i = 0; i < 1_000 && !came; i++) { // who loses his processor gives up before
        looks.set(0);
        came = arch.linger(() -> looks.incrementAndGet() == 3);
      }
      assertThat(came).isTrue();
      assertThat(looks).hasValue(3);
    }
  }

  @Test
  void linger_nothingComes_looksNowAndThenAndEnds() {
    try (HostArch arch = new HostArch()) {
      assertThat(arch.linger(() -> looks.incrementAndGet() < 0)).isFalse();
      assertThat(looks).hasValueBetween(1, 10);
    }
  }
}
