package jiffy.benchmarks.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.charset.StandardCharsets;
import jiffy.kernel.Owner;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.runtime.printk.ring.LogRing;
import jiffy.runtime.printk.ring.Stamp;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * The four barrier pairs at the head of the log's ring: a record shows whole or not at all, one
 * that is overwritten is never taken for one that is whole, an open record is ended by exactly one,
 * and a reader who waits is told.
 *
 * <p>{@code scripts/bench jcstress -t LogRingStress -m quick}
 */
public class LogRingStress {
  private static final String NOTHING = "nothing";
  private static final String WHOLE = "whole";
  private static final String TORN = "torn";
  private static final String LOST = "overwritten, counted";
  private static final String TOLD = "seen or told";
  private static final String STRANDED = "stranded";
  private static final int WRITER = 7;
  private static final int OTHER = 8;
  private static final byte[] TEXT = "0123456789 abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int LONG_AGO = 40;

  /** A ring, and what the actors do with it. */
  abstract static class OneRing {
    final LogRing ring = new LogRing(LogRing.MIN_BYTES);
    final LogReader reader = ring.reader();

    long append(int caller, int flags, long number) {
      Stamp stamp = new Stamp();
      stamp.set(number, -number, caller, caller, 0, Owner.CORE);
      return ring.append(stamp, 0, 6, flags, TEXT, 0, TEXT.length);
    }

    String read() {
      LogRecord record = new LogRecord();
      if (!reader.read(record)) {
        return NOTHING;
      }
      boolean whole =
          record.nanos() == -record.wallNanos()
              && record.nanos() == record.seq()
              && record.callerId() == WRITER
              && record.text().equals(new String(TEXT, StandardCharsets.US_ASCII));
      return !whole ? TORN : record.lost() > 0 ? LOST : WHOLE;
    }
  }

  /** A record is read while it is stored. Pair A. */
  @JCStressTest
  @Outcome(
      id = {NOTHING, WHOLE},
      expect = ACCEPTABLE,
      desc = "Not there yet, or whole.")
  @Outcome(id = TORN, expect = FORBIDDEN, desc = "Seen before it was whole.")
  @State
  public static class Publish extends OneRing {
    /** The writer. */
    @Actor
    public void writer() {
      append(WRITER, LogRing.NEWLINE, 0);
    }

    /** The reader. */
    @Actor
    public void reader(L_Result result) {
      result.r1 = read();
    }
  }

  /** The oldest record is read while others take its room. Pair B. */
  @JCStressTest
  @Outcome(
      id = {WHOLE, LOST},
      expect = ACCEPTABLE,
      desc = "Read in time, or known to be lost.")
  @Outcome(
      id = {TORN, NOTHING},
      expect = FORBIDDEN,
      desc = "Overwritten under the reader.")
  @State
  public static class Overwrite extends OneRing {
    /** The ring is full. */
    public Overwrite() {
      for (int i = 0; i < 1 << 6; i++) {
        append(WRITER, LogRing.NEWLINE, i);
      }
      reader.seekOldest();
    }

    /** The writer comes round. */
    @Actor
    public void writer() {
      for (int i = 0; i < LONG_AGO; i++) {
        append(WRITER, LogRing.NEWLINE, (1 << 6) + i);
      }
    }

    /** The reader. */
    @Actor
    public void reader(L_Result result) {
      result.r1 = read();
    }
  }

  /** An open record is continued while somebody else prints. Pair C. */
  @JCStressTest
  @Outcome(
      id = {"17+17 17", "34 17"},
      expect = ACCEPTABLE,
      desc = "The other came first, and the rest is a record of its own; or it was continued.")
  @Outcome(expect = FORBIDDEN, desc = "Continued twice, lost, or left open.")
  @State
  public static class Continue extends OneRing {
    private volatile boolean continued;

    /** There is an open record. */
    public Continue() {
      append(WRITER, 0, 0);
    }

    /** Who continues. */
    @Actor
    public void continues() {
      continued =
          ring.extend(WRITER, LogRing.NEWLINE, TEXT, 0, TEXT.length, 1 << 9) != LogRing.NONE;
    }

    /** Somebody else. */
    @Actor
    public void prints() {
      append(OTHER, LogRing.NEWLINE, 1);
    }

    /** What there is. */
    @Arbiter
    public void look(L_Result result) {
      LogRecord record = new LogRecord();
      StringBuilder lengths = new StringBuilder();
      while (reader.read(record)) {
        lengths.append(lengths.length() == 0 ? "" : " ").append(record.length());
      }
      String all = lengths.toString();
      result.r1 = !continued && all.equals("17 17") ? "17+17 17" : all;
    }
  }

  /** A reader goes to sleep while a record comes. Pair D. */
  @JCStressTest
  @Outcome(id = TOLD, expect = ACCEPTABLE, desc = "It reads the record, or is told of it.")
  @Outcome(id = STRANDED, expect = FORBIDDEN, desc = "It sleeps, and nobody tells it.")
  @State
  public static class Arm extends OneRing {
    private volatile boolean told;
    private volatile LogReader.Arm armed;

    /** The reader wants to be told. */
    public Arm() {
      ring.addListener(() -> told = true);
    }

    /** The writer. */
    @Actor
    public void writer() {
      append(WRITER, LogRing.NEWLINE, 0);
    }

    /** The reader. */
    @Actor
    public void reader() {
      armed = reader.arm();
    }

    /** Whether it would sleep for ever. */
    @Arbiter
    public void look(L_Result result) {
      result.r1 = armed == LogReader.Arm.ARMED && !told ? STRANDED : TOLD;
    }
  }
}
