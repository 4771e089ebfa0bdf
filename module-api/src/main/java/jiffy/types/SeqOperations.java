package jiffy.types;

import java.io.Serializable;

/**
 * {@code struct seq_operations}: an iterator over the records of a file. Set as in C's initializer:
 *
 * <pre>{@code
 * static final SeqOperations ops = new SeqOperations();
 * static { ops.start = Mod::start; ops.next = Mod::next; ops.stop = Mod::stop; ops.show = Mod::show; }
 * }</pre>
 *
 * <p>All of them run on the reader's task, in process context; what {@link #start} locks {@link
 * #stop} unlocks, and between the two they may sleep only if that lock lets them. A reading of many
 * records is several passes from start to stop: a record may be shown more than once, for the
 * buffer grows until it fits. What one of them throws is reported like an oops, and the reader gets
 * -EFAULT; stop is not called then.
 */
public class SeqOperations {
  /** {@code void *(*start)(struct seq_file *m, loff_t *pos)}. Serializable for its name's sake. */
  @FunctionalInterface
  public interface Start extends Serializable {
    /**
     * Begins a pass.
     *
     * @param pos the number of the wanted record, from 0 on; may be moved
     * @return the record, such as {@code SEQ_START_TOKEN} for a head line; null: there is none;
     *     {@code ERR_PTR(-ENOMEM)}: the read fails
     */
    Object start(SeqFile m, LoffT pos);
  }

  /** {@code void (*stop)(struct seq_file *m, void *v)}. Serializable for its name's sake. */
  @FunctionalInterface
  public interface Stop extends Serializable {
    /** Ends a pass, also one whose start gave nothing. @param v the last that was given, or null */
    void stop(SeqFile m, Object v);
  }

  /** {@code void *(*next)(struct seq_file *, void *, loff_t *)}. Serializable as the others. */
  @FunctionalInterface
  public interface Next extends Serializable {
    /**
     * The record after {@code v}.
     *
     * @param pos to be moved to that record's number, also if there is none
     * @return as {@link Start#start}
     */
    Object next(SeqFile m, Object v, LoffT pos);
  }

  /** {@code int (*show)(struct seq_file *m, void *v)}. Serializable for its name's sake. */
  @FunctionalInterface
  public interface Show extends Serializable {
    /**
     * Prints a record by {@code seq_printf} and its relatives.
     *
     * @return 0; {@code SEQ_SKIP}: what it has printed is dropped; a negative errno: the read fails
     *     or, if there is something to be read before this record, the next one does
     */
    int show(SeqFile m, Object v);
  }

  /** Begins a pass. */
  public Start start;

  /** Ends a pass. */
  public Stop stop;

  /** Goes on. */
  public Next next;

  /** Prints a record. */
  public Show show;
}
