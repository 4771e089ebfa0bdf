package jiffy.types;

/**
 * {@code struct seq_file}: a file of records while it is open; {@code seq_open} makes one, into the
 * file's {@code private_data}. Its functions are in {@link jiffy.linux.SeqFiles}.
 *
 * <p>For the one task that reads the file.
 */
public class SeqFile {
  /** The text of the records that are shown; null before the first read. */
  public byte[] buf;

  /** Bytes that fit into {@link #buf}. */
  public int size;

  /** Where what has not been read yet begins. */
  public int from;

  /** How many bytes that is; {@link #size}: the record did not fit. */
  public int count;

  /** Where {@code seq_pad} fills up to. */
  public int pad_until;

  /** The number of the next record: what start and next get as {@code pos}. */
  public final LoffT index = new LoffT();

  /** The offset, in bytes, at which the next read goes on without looking for it. */
  public long read_pos;

  /** What makes the records. */
  public final SeqOperations op;

  /** The open file. */
  public final File file;

  /** Whether it has been said that {@link SeqOperations#next} does not move on. */
  public boolean __isBuggyTold;

  /** {@code private}, a word that Java keeps for itself: the opener's own. */
  public Object private_;

  /** Made by {@code seq_open} only. */
  public SeqFile(File file, SeqOperations op) {
    this.file = file;
    this.op = op;
  }
}
