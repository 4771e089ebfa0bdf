package jiffy.runtime.printk.pstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import jiffy.kernel.Owner;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.runtime.printk.ring.LogRing;
import jiffy.runtime.printk.ring.Stamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The crash file: what is in it is what is in the ring, and what was torn is not. */
class PstoreTest {
  private static final long BOOT = 1_700_000_000_000_000_000L;

  @TempDir private Path directory;

  private final LogRing ring = new LogRing(LogRing.MIN_BYTES);

  private Pstore open() throws IOException {
    return open(directory);
  }

  private Pstore open(Path where) throws IOException {
    return Pstore.open(
        where, ring.descriptors(), ring.capacity(), 4711, BOOT, "jiffy", "hz=250 pstore=here");
  }

  private Path ringFile() {
    return directory.resolve("ring");
  }

  private void print(String text, int flags) {
    Stamp stamp = new Stamp();
    stamp.set(5_000, BOOT + 5_000, 77, 77, 1, new Owner(null, "kt"));
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ring.append(stamp, 0, 6, flags, bytes, 0, bytes.length);
  }

  /** As the process that dies leaves it; the one that goes on cannot be asked. */
  private DeadLog read() throws IOException {
    return DeadLog.read(ringFile());
  }

  private static List<String> texts(DeadLog log) {
    return log.records().stream().map(LogRecord::text).toList();
  }

  @Test
  void store_recordsOfAllKinds_areReadBackAsTheyAre() throws IOException {
    try (Pstore pstore = open()) {
      ring.keepIn(pstore.image());
      print("hello é", LogRing.NEWLINE);
      print("begun, ", 0);
      ring.extend(77, LogRing.NEWLINE, "ended".getBytes(StandardCharsets.UTF_8), 0, 5, 900);
      print("", LogRing.NEWLINE);
      DeadLog log = read();
      assertThat(texts(log)).containsExactly("hello é", "begun, ended", "");
      assertThat(log.torn()).isZero();
      assertThat(log.halted()).isFalse();
      assertThat(log.pid()).isEqualTo(4711);
      assertThat(log.bootWallNanos()).isEqualTo(BOOT);
      assertThat(log.kernel()).isEqualTo("jiffy");
      assertThat(log.commandLine()).isEqualTo("hz=250 pstore=here");
      LogRecord first = log.records().get(0);
      assertThat(first.seq()).isZero();
      assertThat(first.level()).isEqualTo(6);
      assertThat(first.nanos()).isEqualTo(5_000);
      assertThat(first.wallNanos()).isEqualTo(BOOT + 5_000);
      assertThat(first.module()).isEqualTo("kt");
      assertThat(first.pid()).isEqualTo(77);
      assertThat(first.cpu()).isEqualTo(1);
    }
    assertThat(read().halted()).isTrue();
  }

  @Test
  void store_beyondTheRingsSize_keepsWhatTheRingKeeps() throws IOException {
    try (Pstore pstore = open()) {
      ring.keepIn(pstore.image());
      for (int i = 0; i < 1_000; i++) {
        print("record " + i + " " + "x".repeat(i * 7 % 300), LogRing.NEWLINE);
      }
      DeadLog log = read();
      LogReader reader = ring.reader();
      LogRecord record = new LogRecord();
      long oldest = reader.position();
      for (LogRecord kept : log.records()) {
        if (kept.seq() >= oldest) { // an older one may have been spared so far
          assertThat(reader.read(record)).isTrue();
          assertThat(kept.seq()).isEqualTo(record.seq());
          assertThat(kept.text()).isEqualTo(record.text());
        }
      }
      assertThat(reader.read(record)).as("more in the ring").isFalse();
      assertThat(log.torn()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {ImageFile.SEQ, ImageFile.META, ImageFile.CHECKSUM, ImageFile.STATE})
  void read_recordWhoseDescriptorIsTorn_leavesItOutAndCountsIt(int field) throws IOException {
    fillAndClose("one", "two", "three");
    long at = ImageFile.HEADER_BYTES + 2L * ImageFile.DESCRIPTOR_BYTES + field;
    damage(at, field == ImageFile.STATE ? (byte) ImageFile.WRITING : (byte) 0x55);
    DeadLog log = read();
    assertThat(texts(log)).containsExactly("one", "two");
    assertThat(log.torn()).isEqualTo(1);
  }

  @Test
  void read_recordWhoseTextIsTorn_leavesItOutAndCountsIt() throws IOException {
    fillAndClose("one", "two", "the last words");
    String all = new String(Files.readAllBytes(ringFile()), StandardCharsets.ISO_8859_1);
    damage(all.indexOf("last words"), (byte) 'X');
    DeadLog log = read();
    assertThat(texts(log)).containsExactly("one", "two");
    assertThat(log.torn()).isEqualTo(1);
  }

  @Test
  void read_ofWhatIsNoCrashFile_saysWhatIsWrong() throws IOException {
    Path file = directory.resolve("some");
    Files.writeString(file, "x".repeat(10));
    assertThatThrownBy(() -> DeadLog.read(file)).hasMessage("not the log of a kernel: 10 bytes");
    Files.writeString(file, "x".repeat(5_000));
    assertThatThrownBy(() -> DeadLog.read(file))
        .hasMessage("not the log of a kernel: it does not begin with JIFFYLOG");
    fillAndClose("one");
    try (FileChannel cut = FileChannel.open(ringFile(), StandardOpenOption.WRITE)) {
      cut.truncate(6_000);
    }
    assertThatThrownBy(this::read)
        .hasMessage("damaged: 6000 bytes do not fit what its header says");
  }

  @Test
  void open_afterADeath_keepsThatLogUnderItsDate() throws IOException {
    Path dead = die("last words");
    try (Pstore next = open(dead)) {
      assertThat(next.news())
          .containsExactly(
              "pstore: the kernel of pid 4711 died; its log is kept: 'jiffy pstore' shows it");
      assertThat(Pstore.dead(dead)).containsExactly(dead.resolve("crash-20231114-221320"));
      assertThat(texts(DeadLog.read(Pstore.dead(dead).get(0)))).containsExactly("last words");
    }
  }

  @Test
  void open_afterAHaltInOrder_beginsAnew() throws IOException {
    fillAndClose("one");
    try (Pstore next = open()) {
      assertThat(next.news()).isEmpty();
      assertThat(Pstore.dead(directory)).isEmpty();
      assertThat(read().records()).isEmpty();
    }
  }

  @Test
  void open_manyDeaths_keepsTheNewest() throws IOException {
    Path dead = die("last words");
    byte[] ringOfTheDead = Files.readAllBytes(dead.resolve("ring"));
    for (int i = 0; i < Pstore.KEPT + 2; i++) {
      Files.write(dead.resolve("crash-2020010" + i), ringOfTheDead);
    }
    try (Pstore next = open(dead)) {
      assertThat(Pstore.dead(dead))
          .hasSize(Pstore.KEPT)
          .last()
          .isEqualTo(dead.resolve("crash-20231114-221320"));
      assertThat(next.news()).filteredOn(line -> line.endsWith("only 8 are kept")).hasSize(3);
    }
  }

  @Test
  void open_whatIsNoRing_keepsItAllTheSame() throws IOException {
    Files.writeString(ringFile(), "somebody's");
    try (Pstore pstore = open()) {
      assertThat(pstore.news())
          .containsExactly(
              "pstore: "
                  + ringFile()
                  + " is not the log of a kernel: 10 bytes: kept as crash-unreadable");
    }
    assertThat(directory.resolve("crash-unreadable")).hasContent("somebody's");
  }

  @Test
  void open_ofADirectoryInUse_isRefusedAndDisturbsNobody() throws IOException {
    try (Pstore first = open()) {
      ring.keepIn(first.image());
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(this::open)
            .isInstanceOf(IOException.class)
            .hasMessage(directory + " is another running kernel's, in this JVM");
      }
      assertThat(Pstore.dead(directory)).isEmpty();
      print("goes on", LogRing.NEWLINE);
      assertThat(texts(read())).containsExactly("goes on");
    }
  }

  private void fillAndClose(String... texts) throws IOException {
    try (Pstore pstore = open()) {
      ring.keepIn(pstore.image());
      Stream.of(texts).forEach(text -> print(text, LogRing.NEWLINE));
    }
  }

  private void damage(long at, byte value) throws IOException {
    try (FileChannel file = FileChannel.open(ringFile(), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {value}), at);
    }
  }

  /** A directory as another JVM's kernel leaves it when it dies: a copy of ours, while it runs. */
  private Path die(String words) throws IOException {
    Path dead = Files.createDirectory(directory.resolve("dead"));
    try (Pstore pstore = open()) {
      ring.keepIn(pstore.image());
      print(words, LogRing.NEWLINE);
      Files.copy(ringFile(), dead.resolve("ring"), StandardCopyOption.REPLACE_EXISTING);
    }
    try (FileChannel file = FileChannel.open(dead.resolve("ring"), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[8]), 24); // another JVM's number
    }
    return dead;
  }
}
