package jiffy.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootParametersTest {
  @Test
  void parse_ofNothing_givesTheDefaults() {
    BootParameters defaults = BootParameters.parse("  ");
    assertThat(defaults.hz()).isEqualTo(250);
    assertThat(defaults.nrCpus()).isPositive();
    assertThat(defaults.logBufLen()).isEqualTo(1 << 20);
    assertThat(defaults.loglevel()).isEmpty();
    assertThat(defaults.plugins()).isEmpty();
    assertThat(defaults.unknown()).isEmpty();
  }

  @Test
  void parse_ofQuietAndDebug_isALoglevel_theLastOneWins() {
    assertThat(BootParameters.parse("quiet").loglevel()).contains(4);
    assertThat(BootParameters.parse("debug").loglevel()).contains(10);
    assertThat(BootParameters.parse("debug loglevel=6 quiet").loglevel()).contains(4);
    assertThat(BootParameters.parse("quiet loglevel=6").loglevel()).contains(6);
    assertThat(BootParameters.parse("quiet debug").unknown()).isEmpty();
  }

  @Test
  void parse_ofEverything_takesIt() {
    BootParameters all =
        BootParameters.parse(
            "hz=1000 nr_cpus=3 log_buf_len=64K loglevel=5 printk.caller=on name=k"
                + " plugins=/tmp/p kt.interval=3 \"kt.text=a b\" my-mod.x=\"y z\" hz=300 frob");
    assertThat(all.hz()).as("the last one wins").isEqualTo(300);
    assertThat(all.nrCpus()).isEqualTo(3);
    assertThat(all.logBufLen()).isEqualTo(64 << 10);
    assertThat(all.loglevel()).contains(5);
    assertThat(all.printkCaller()).isTrue();
    assertThat(all.name()).isEqualTo("k");
    assertThat(all.plugins()).contains(Path.of("/tmp/p"));
    assertThat(all.moduleWords())
        .isEqualTo(Map.of("kt", List.of("interval=3", "text=a b"), "my_mod", List.of("x=y z")));
    assertThat(all.unknown()).containsExactly("frob");
  }

  @ParameterizedTest
  @CsvSource({
    "100000,131072",
    "4096,4096",
    "1M,1048576",
    "3M,4194304",
    "256M,268435456",
    "4K,4096",
    "1G,1073741824",
    "1g,1073741824"
  })
  void logBufLen_isRoundedUpToAPowerOfTwo(String given, int bytes) {
    assertThat(BootParameters.parse("log_buf_len=" + given).logBufLen()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "hz=banana,banana",
    "hz=123,100",
    "hz,hz",
    "nr_cpus=0,from 1 to",
    "printk.devkmsg=of,ratelimit",
    "nr_cpus=99999,99999",
    "loglevel=-1,-1",
    "log_buf_len=1,4K to 1G",
    "log_buf_len=2G,2G",
    "log_buf_len=3K,3K",
    "log_buf_len=0M,0M",
    "pstore=,pstore=DIR",
    "printk.caller=maybe,on or off",
    "failslab=1;2,INTERVAL",
    "name=\"open,not closed"
  })
  void parse_ofABadValue_namesParameterAndValue(String line, String inMessage) {
    assertThatThrownBy(() -> BootParameters.parse(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(inMessage);
  }

  @Test
  void version_isTheParentPoms() throws IOException {
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<version>" + Version.JIFFY + "-SNAPSHOT</version>")
        .contains("<jiffy.vermagic>" + Version.VERMAGIC + "</jiffy.vermagic>");
    assertThat(Version.JIFFY).startsWith(Version.VERMAGIC + ".");
  }
}
