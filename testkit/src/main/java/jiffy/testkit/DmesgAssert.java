package jiffy.testkit;

import java.util.List;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;

/** AssertJ's assertions on a kernel's log. */
public final class DmesgAssert extends AbstractAssert<DmesgAssert, Dmesg> {
  DmesgAssert(Dmesg actual) {
    super(actual, DmesgAssert.class);
  }

  /** Some record has exactly this text. */
  public DmesgAssert hasText(String text) {
    Assertions.assertThat(actual.texts()).as(info.description()).contains(text);
    return this;
  }

  /** These texts are there in this order; others may be between them. */
  public DmesgAssert hasTextsInOrder(String... texts) {
    Assertions.assertThat(actual.texts()).as(info.description()).containsSubsequence(texts);
    return this;
  }

  /** Some record has that part. */
  public DmesgAssert hasPart(String part) {
    Assertions.assertThat(actual.texts())
        .as(info.description())
        .anySatisfy(text -> Assertions.assertThat(text).contains(part));
    return this;
  }

  /** No record has that part. */
  public DmesgAssert hasNoPart(String part) {
    Assertions.assertThat(actual.texts())
        .as(info.description())
        .allSatisfy(text -> Assertions.assertThat(text).doesNotContain(part));
    return this;
  }

  /** So many records have exactly this text. */
  public DmesgAssert hasTextTimes(int times, String text) {
    Assertions.assertThat(actual.texts().stream().filter(text::equals).count())
        .as(() -> "records with the text \"" + text + "\" in\n" + actual)
        .isEqualTo(times);
    return this;
  }

  /** The kernel complains of nothing: no bug, no warning, nothing that rmmod had to clean up. */
  public DmesgAssert hasNoComplaints() {
    Assertions.assertThat(actual.lines()).as(info.description()).noneMatch(Dmesg.Line::isComplaint);
    return this;
  }

  /** The texts are those of a recording, one by one, but for what the masks hide. */
  public DmesgAssert hasTextsOf(GoldenLog golden, Mask... masks) {
    return hasTexts(golden.texts(), masks);
  }

  /** The texts are these, one by one, but for what the masks hide. */
  public DmesgAssert hasTexts(List<String> expected, Mask... masks) {
    Assertions.assertThat(masked(actual.texts(), masks))
        .as(info.description())
        .containsExactlyElementsOf(masked(expected, masks));
    return this;
  }

  private static List<String> masked(List<String> texts, Mask... masks) {
    return texts.stream().map(text -> Mask.apply(text, masks)).toList();
  }
}
