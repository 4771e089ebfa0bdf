package jiffy.runtime.printk.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.kernel.Owner;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Writers and readers at full speed. Each record checks itself: 1 to 127 equal letters, the number
 * of letters in its time stamp, the writer in its caller, pid and tags; some are open and
 * continued. Some are raw: writer and time are in the text, too.
 *
 * <p>Forbidden: a torn record, a sequence number that goes back, lost records that do not add up, a
 * writer's own records out of order, a reader that is left asleep.
 *
 * <p>{@code mvn test -Dtest=LogRingStressTest -Djiffy.stress=60}: seconds for each row.
 */
class LogRingStressTest {
  private static final long SECONDS = Long.getLong("jiffy.stress", 1);
  private static final int LONGEST = 127;
  private static final int RAW_LEVEL = 5;
  private static final Owner[] OWNERS = {new Owner(null, "even"), new Owner(null, "odd_module")};

  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicLong appended = new AtomicLong();
  private final List<Throwable> failures = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({"4096, 1, 1", "4096, 8, 2", "65536, 2, 1", "1048576, 8, 2"})
  void append_manyWritersAndReaders_noRecordIsTornOrMiscounted(int bytes, int writers, int readers)
      throws Exception {
    LogRing ring = new LogRing(bytes);
    CountDownLatch started = new CountDownLatch(writers);
    List<Thread> threads = new ArrayList<>();
    for (int w = 0; w < writers; w++) {
      int id = w;
      threads.add(guarded("writer" + w, () -> write(ring, id, started)));
    }
    List<Thread> reading = new ArrayList<>();
    for (int r = 0; r < readers; r++) {
      reading.add(guarded("reader" + r, () -> read(ring)));
    }
    threads.forEach(Thread::start);
    reading.forEach(Thread::start);
    started.await();
    new CountDownLatch(1).await(SECONDS, TimeUnit.SECONDS);
    done.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    // Ends an open record, and wakes the readers.
    ring.append(Stamps.at(0, -1), 0, 0, LogRing.NEWLINE, new byte[0], 0, 0);
    appended.incrementAndGet();
    for (Thread thread : reading) {
      thread.join();
    }
    synchronized (failures) {
      assertThat(failures).isEmpty();
    }
    assertThat(ring.nextSeq()).isEqualTo(appended.get());
  }

  private Thread guarded(String name, Runnable body) {
    return new Thread(
        () -> {
          try {
            body.run();
          } catch (Throwable thrown) {
            synchronized (failures) {
              failures.add(thrown);
            }
            done.set(true);
          }
        },
        name);
  }

  private void write(LogRing ring, int id, CountDownLatch started) {
    byte[] text = new byte[LONGEST];
    Stamp stamp = new Stamp();
    LineFormat line = ring.formats().get("writer %d at %ld, or %lu\n");
    int number = 0;
    while (number <= 0) {
      number = line.number(line.source, 3);
    }
    long stored = 0;
    for (long n = 0; !done.get(); n++) {
      int length = 1 + (int) (n * 31 % LONGEST);
      Arrays.fill(text, (byte) ('a' + (n + id) % 26));
      long time = n << 8 | length;
      boolean raw = n % 5 == 4;
      stamp.set(time, ~time, id, id, id, OWNERS[(int) (n & 1)]);
      if (n % 3 == 0) {
        stamp.setDevice("s" + id, "+writer:" + "x".repeat(id));
      }
      if (raw) {
        stamp.setNumbers(number, 3, id, time, ~time);
        int bytes = line.textLength(id, time, ~time);
        stored += ring.appendRaw(stamp, RAW_LEVEL, bytes) == LogRing.NONE ? 0 : 1;
      } else if (n % 8 == 7) {
        // In two parts; if another record comes between them, the rest is a record of its own.
        // If its first part was dropped, an older open record must not get the rest.
        int first = length / 2;
        int begun = store(ring, stamp, 0, text, first);
        stored += begun;
        if (begun == 1
            && ring.extend(id, LogRing.NEWLINE, text, 0, length - first, 500) == LogRing.NONE) {
          stored += store(ring, stamp, LogRing.NEWLINE | LogRing.CONT, text, length - first);
        }
      } else {
        stored += store(ring, stamp, LogRing.NEWLINE, text, length);
      }
      if (n == 0) {
        started.countDown();
      }
    }
    appended.addAndGet(stored);
  }

  private static int store(LogRing ring, Stamp stamp, int flags, byte[] text, int length) {
    return ring.append(stamp, 0, 6, flags, text, 0, length) == LogRing.NONE ? 0 : 1;
  }

  private void read(LogRing ring) {
    LogReader reader = ring.reader();
    LogRecord record = new LogRecord();
    AtomicBoolean woken = new AtomicBoolean();
    ring.addListener(() -> woken.set(true));
    long[] last = new long[64];
    Arrays.fill(last, -1);
    long first = reader.position();
    long expected = first;
    long seen = 0;
    long lost = 0;
    for (; ; ) {
      if (!reader.read(record)) {
        woken.set(false);
        if (reader.arm() == LogReader.Arm.ARMED) {
          while (!woken.get()) {
            Thread.onSpinWait();
          }
        }
        continue;
      }
      assertThat(record.seq()).isEqualTo(expected + record.lost());
      expected = record.seq() + 1;
      lost += record.lost();
      seen++;
      if (record.callerId() == -1) {
        break;
      }
      check(record, last);
    }
    assertThat(seen + lost).isEqualTo(expected - first);
    assertThat(seen).isPositive();
  }

  private static void check(LogRecord record, long[] last) {
    long n = record.nanos() >>> 8;
    int id = record.callerId();
    if (n < last[id]) {
      throw new AssertionError("went back from " + last[id] + " in " + record);
    }
    last[id] = n;
    checkTags(record, n, id);
    if (record.level() == RAW_LEVEL) {
      long time = record.nanos();
      String said = "writer " + id + " at " + time + ", or " + Long.toUnsignedString(~time);
      if (n % 5 != 4 || !record.text().equals(said)) {
        throw new AssertionError("torn: " + record);
      }
      return;
    }
    int whole = (int) record.nanos() & 0xff;
    int half = whole / 2;
    int length = record.length();
    boolean parted = n % 8 == 7;
    if (length != whole && !(parted && (length == half || length == whole - half))) {
      throw new AssertionError("length in " + record);
    }
    for (int i = 0; i < length; i++) {
      if (record.bytes()[i] != 'a' + (n + id) % 26) {
        throw new AssertionError("torn: " + record);
      }
    }
  }

  private static void checkTags(LogRecord record, long n, int id) {
    boolean hasDevice = n % 3 == 0;
    if (record.wallNanos() != ~record.nanos()
        || record.pid() != id
        || record.cpu() != id
        || !record.module().equals(OWNERS[(int) (n & 1)].name)
        || !record.subsystem().equals(hasDevice ? "s" + id : "")
        || !record.device().equals(hasDevice ? "+writer:" + "x".repeat(id) : "")) {
      throw new AssertionError("torn tags: " + record + " of " + record.module());
    }
  }
}
