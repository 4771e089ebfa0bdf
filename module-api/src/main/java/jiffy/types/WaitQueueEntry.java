package jiffy.types;

/** {@code struct wait_queue_entry}: one task's place in a {@link WaitQueueHead}. */
public class WaitQueueEntry {
  /** {@link #flags}: {@code wake_up} wakes only the first of these. */
  public static final int WQ_FLAG_EXCLUSIVE = 0x01;

  /** 0 or {@link #WQ_FLAG_EXCLUSIVE}. */
  public int flags;

  /** C's {@code private}: who is woken; set by {@code prepare_to_wait}. */
  public volatile TaskStruct __private;
}
