package jiffy.cli.dmesg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import jiffy.cli.dmesg.record.DmesgFailure;
import jiffy.cli.dmesg.time.TimeExpression;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The times of {@code --since}, seen from noon of 15 March 2009. */
class TimeExpressionTest {
  private static final ZonedDateTime NOW =
      ZonedDateTime.of(2009, 3, 15, 12, 0, 0, 0, ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource({
    "20090213233130, 2009-02-13T23:31:30",
    "2009-02-13, 2009-02-13T00:00:00",
    "2009-02-13 23:31, 2009-02-13T23:31:00",
    "2009-02-13T23:31:30.5, 2009-02-13T23:31:30.500",
    "'2009-02-13 23:31:30,25', 2009-02-13T23:31:30.250",
    "09-2-3, 2009-02-03T00:00:00",
    "2009-02-31, 2009-03-03T00:00:00",
    "9:05, 2009-03-15T09:05:00",
    "now, 2009-03-15T12:00:00",
    "today, 2009-03-15T00:00:00",
    "yesterday, 2009-03-14T00:00:00",
    "tomorrow, 2009-03-16T00:00:00",
    "+5min, 2009-03-15T12:05:00",
    "-5days, 2009-03-10T12:00:00",
    "5 days ago, 2009-03-10T12:00:00",
    "-1h 30min, 2009-03-15T10:30:00",
    "1.5h ago, 2009-03-15T10:30:00",
    "@1234567890.5, 2009-02-13T23:31:30.500",
  })
  void expression_means(String expression, LocalDateTime local) throws DmesgFailure {
    long micros = local.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + local.getNano() / 1000;
    assertThat(TimeExpression.epochMicros(expression, NOW)).isEqualTo(micros);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "@",
        "@x",
        "@-5",
        "+5",
        "5 ago",
        "5days",
        "-5 parsecs",
        "TODAY",
        "now+5min",
        "2009-13-01",
        "25:00",
        "2009/02/13",
        "2009-02-13 23",
        "20090213",
        "2009-02-13 23:35 UTC",
        "+99999999999999999999d"
      })
  void nonsense_isNamed(String expression) {
    assertThatThrownBy(() -> TimeExpression.epochMicros(expression, NOW))
        .hasMessage("invalid time value \"" + expression + "\"");
  }
}
