package jiffy.testkit.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A module's source, of which a version with a race is made, or one without. */
record Text(String source) {
  private static final Path SAMPLES =
      Path.of(System.getProperty("basedir", "testkit"), "..", "sample-modules");

  /** A sample's, as it lies in the repository. */
  static Text ofSample(String file) {
    try {
      return new Text(Files.readString(SAMPLES.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With one passage replaced, which must be there. */
  Text with(String passage, String replacement) {
    assertThat(source).contains(passage);
    return new Text(source.replace(passage, replacement));
  }

  /** Without a passage. */
  Text without(String passage) {
    return with(passage, "");
  }

  @Override
  public String toString() {
    return source;
  }
}
