package jiffy.cli.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of directories that JIFFY_RUN may name. */
class StateDirectoryTest {
  @TempDir Path temp;

  private static StateDirectory at(Path path) {
    return StateDirectory.of(Map.of("JIFFY_RUN", path.toString()));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private Path open(String name) throws IOException {
    Path path = Files.createDirectory(temp.resolve(name));
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void makePrivate_missing_isMadeWithItsParents() throws IOException {
    Path path = temp.resolve("a/b");
    at(path).makePrivate();
    assertThat(mode(path)).isEqualTo("rwx------");
  }

  @Test
  void makePrivate_emptyOrUsedBefore_isTaken() throws IOException {
    Path empty = open("empty");
    at(empty).makePrivate();
    assertThat(mode(empty)).isEqualTo("rwx------");
    Path used = open("used");
    Files.createFile(at(used).lockFile());
    at(used).makePrivate();
    assertThat(mode(used)).isEqualTo("rwx------");
  }

  @Test
  void makePrivate_openToOthersAndFull_isLeftAlone() throws IOException {
    Path home = open("home");
    Files.createFile(home.resolve("letter.txt"));
    assertThatThrownBy(at(home)::makePrivate)
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("set JIFFY_RUN to a directory of its own");
    assertThat(mode(home)).isEqualTo("rwxr-xr-x");
  }

  @Test
  void makePrivate_file_isNoDirectory() throws IOException {
    Path file = Files.createFile(temp.resolve("file"));
    assertThatThrownBy(at(file)::makePrivate).isInstanceOf(NotDirectoryException.class);
  }
}
