package jiffy.cli.kmod.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jiffy.cli.kmod.index.ModuleIndex;
import jiffy.cli.tool.Strerror;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** modprobe.d: which files, which lines, in which order. */
class ConfigFilesTest {
  @TempDir Path root;

  private final List<String> complaints = new ArrayList<>();

  private Path file(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private ModprobeConfig read(String bootLine, String... places) {
    List<Path> paths = List.of(places).stream().map(root::resolve).toList();
    ModuleIndex index = ModuleIndex.of(root, Map.of());
    return ConfigFiles.read(paths, index, bootLine, complaints::add, Strerror::of);
  }

  @Test
  void files_ofOneName_theFirstDirectoryWins_allByName() throws IOException {
    file("own/20-x.conf", "options m c=3\n");
    file("own/10-a.conf", "options m a=1\n");
    file("own/.hidden.conf", "options m h=1\n");
    file("own/readme.txt", "options m r=1\n");
    Files.createDirectory(root.resolve("own/dir.conf"));
    file("vendor/20-x.conf", "options m vendor=1\n");
    file("vendor/15-b.conf", "options m b=2\n");
    assertThat(read("", "own", "vendor", "nosuch").lines())
        .containsExactly("options m a=1", "options m b=2", "options m c=3");
    assertThat(complaints).isEmpty();
  }

  @Test
  void file_givenItself_needsNoSuffix() throws IOException {
    file("plain", "blacklist my-mod\n");
    assertThat(read("", "plain").isBlacklisted("my_mod")).isTrue();
  }

  @Test
  void lines_areContinued_andBackslashesTaken() throws IOException {
    file(
        "d/a.conf",
        "# comment \\\n  of two lines\n  # indented\n\noptions  my-mod a=1 \\\n  b=2\r\n"
            + "install x echo a\\\\b \\$HOME\nsoftdep x pre: a-b c post: d pre: e\nblacklist y\\");
    assertThat(read("", "d").lines())
        .containsExactly(
            "blacklist y",
            "install x echo a\\b $HOME",
            "options my_mod a=1   b=2",
            "softdep x pre: a-b c e post: d");
    assertThat(complaints).isEmpty();
  }

  @Test
  void badLines_areNamedAndPassedOver() throws IOException {
    Path file =
        file("d/a.conf", "nonsense\nalias a[ b\noptions m\n\\\ninclude x\nforbid\noptions m a=1\n");
    assertThat(read("", "d").lines()).containsExactly("options m a=1");
    assertThat(complaints)
        .containsExactly(
            "kmod_config_parse: " + file + " line 1: ignoring bad line starting with 'nonsense'",
            "kmod_config_parse: " + file + " line 2: ignoring bad line starting with 'alias'",
            "kmod_config_parse: " + file + " line 3: ignoring bad line starting with 'options'",
            "kmod_config_parse: " + file + ": command include is deprecated and not parsed anymore",
            "kmod_config_parse: " + file + " line 6: ignoring bad line starting with 'forbid'");
  }

  @Test
  void bytes_thatAreNoText_doNoHarm() throws IOException {
    Files.createDirectories(root.resolve("d"));
    Files.write(root.resolve("d/a.conf"), new byte[] {(byte) 0xff, 0, '\n', 'x', '\n', '\\'});
    assertThat(read("", "d").lines()).isEmpty();
    assertThat(complaints).hasSize(2);
  }

  @Test
  @Timeout(60)
  void files_thatAreNone_areToldAndNotWaitedFor() throws IOException, InterruptedException {
    Path fifo = Files.createDirectories(root.resolve("d")).resolve("a.conf");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Path link = Files.createSymbolicLink(root.resolve("d/b.conf"), root.resolve("gone"));
    Files.createSymbolicLink(root.resolve("d/c.conf"), Path.of("/dev/null"));
    Files.createSymbolicLink(root.resolve("d/d.conf"), Path.of("/dev/zero"));
    file("d/e.conf", "options m a=1\n");
    assertThat(read("", "d").lines()).containsExactly("options m a=1");
    assertThat(complaints)
        .containsExactly(
            "could not open '" + fifo + "': not a regular file",
            "could not open '" + link + "': No such file or directory",
            "could not open '" + root.resolve("d/d.conf") + "': not a regular file");
  }

  @Test
  void file_withoutEnd_isNotTaken() throws IOException {
    Path file = file("d/a.conf", "options m a=1\n");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(1L << 40);
    }
    assertThat(read("", "d").lines()).isEmpty();
    assertThat(complaints)
        .containsExactly("could not open '" + file + "': larger than 16777216 bytes");
  }

  @Test
  void bootLine_comesLast_andOnlyWhatIsOurs() {
    ModprobeConfig config =
        read("kt.interval=3 hz=250 \"k-u.a=x y\" modprobe.blacklist=a-b,,c k.v a.b.c=1 x. .y");
    assertThat(config.lines())
        .containsExactly(
            "blacklist a_b",
            "blacklist c",
            "options kt interval=3",
            "options k_u a=\"x y\"",
            "options k v");
    assertThat(config.options("kt")).allMatch(ModprobeConfig.Options::isFromBootLine);
  }

  @Test
  void forbid_hasAReasonAndAPlace() throws IOException {
    Path file = file("d/a.conf", "\nforbid bad-mod  crashes the host\nforbid other\n");
    ModprobeConfig config = read("", "d");
    assertThat(config.forbidden("bad_mod"))
        .hasValue(new ModprobeConfig.Forbid("bad_mod", "crashes the host", file + " line 2"));
    assertThat(config.lines()).containsExactly("forbid bad_mod crashes the host", "forbid other");
    assertThat(config.forbidden("kt")).isEmpty();
  }
}
