package jiffy.cli.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The words of jiffy run and boot as a kernel's command line. */
class HostCommandLineTest {
  @Test
  void commandLine_ofWordsWithBlanks_quotesThoseThatAreNot() {
    assertThat(
            Host.commandLine(
                List.of("hz=250", "kt.name=a b", "kt.name=\"a b\"", "\"kt.name=a b\"", "quiet")))
        .isEqualTo("hz=250 \"kt.name=a b\" kt.name=\"a b\" \"kt.name=a b\" quiet");
  }
}
