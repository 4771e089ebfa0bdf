package jiffy.runtime.module.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import jiffy.linux.Errno;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateCopyTest {
  @TempDir Path dir;
  private Path file;
  private Path cache;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.write(dir.resolve("kt.jar"), new byte[5000]);
    cache = dir.resolve("cache");
  }

  private BadModuleException fail(PrivateCopy.Copier copier) {
    return catchThrowableOfType(
        BadModuleException.class, () -> PrivateCopy.of(file, cache, copier));
  }

  private long copies() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.count();
    }
  }

  @Test
  void of_plainFile_copiesAndRoundsUpToPages() throws Exception {
    PrivateCopy copy = PrivateCopy.of(file, cache);
    assertThat(copy.path()).isNotEqualTo(file).hasSameBinaryContentAs(file);
    assertThat(copy.pages()).isEqualTo(8192);
    copy.delete();
    assertThat(copies()).isZero();
  }

  @Test
  void of_fullDisk_isEnospcAndLeavesNothing() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no /dev/full here");
    BadModuleException e =
        fail(
            (from, to) -> {
              Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
              Files.write(full, Files.readAllBytes(from));
            });
    assertThat(e.errno()).isEqualTo(Errno.ENOSPC);
    assertThat(e).hasMessageContaining(file.toString()).hasMessageContaining("free some space");
    assertThat(copies()).isZero();
  }

  @Test
  void of_unreadableFile_isEperm() {
    BadModuleException e =
        fail(
            (from, to) -> {
              throw new AccessDeniedException(from.toString());
            });
    assertThat(e.errno()).isEqualTo(Errno.EPERM);
    assertThat(e).hasMessageContaining("permission denied");
  }

  @Test
  void of_ioError_isEioWithTheReason() {
    BadModuleException e =
        fail(
            (from, to) -> {
              throw new FileSystemException(from.toString(), null, "Input/output error");
            });
    assertThat(e.errno()).isEqualTo(Errno.EIO);
    assertThat(e).hasMessageContaining("Input/output error");
  }

  @Test
  void deleteAll_copiesOfAKilledHost_goAndOthersStay() throws Exception {
    PrivateCopy.of(file, cache);
    Path mine = Files.writeString(cache.resolve("kt.jar"), "mine");
    PrivateCopy.deleteAll(cache);
    assertThat(copies()).isEqualTo(1);
    assertThat(mine).exists();
    PrivateCopy.deleteAll(dir.resolve("no such directory"));
  }
}
