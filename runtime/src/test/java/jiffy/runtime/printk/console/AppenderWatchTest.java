package jiffy.runtime.printk.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.logging.log4j.core.ErrorHandler;
import org.apache.logging.log4j.core.appender.NullAppender;
import org.junit.jupiter.api.Test;

/** Several kernels' consoles on one appender, which begin and end in any order. */
class AppenderWatchTest {
  private final NullAppender appender = NullAppender.createAppender("nowhere");
  private final ErrorHandler before = appender.getHandler();

  private AppenderWatch watch() {
    return AppenderWatch.over(appender, Console.LOGGER, 0);
  }

  @Test
  void leave_ofOverlappingWatches_leavesNoneBehind() {
    AppenderWatch first = watch();
    AppenderWatch second = watch();
    first.leave();
    assertThat(appender.getHandler()).isSameAs(second);
    AppenderWatch third = watch();
    second.leave();
    assertThat(appender.getHandler()).isSameAs(third);
    third.leave();
    assertThat(appender.getHandler()).isSameAs(before);
  }
}
