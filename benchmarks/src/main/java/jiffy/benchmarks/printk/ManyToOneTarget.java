package jiffy.benchmarks.printk;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** Agrona's ring buffer: many writers, who wait when it is full, and a thread that empties it. */
final class ManyToOneTarget implements Target {
  private static final int BYTES = 1 << 20;

  private final ManyToOneRingBuffer ring =
      new ManyToOneRingBuffer(
          new UnsafeBuffer(ByteBuffer.allocateDirect(BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
  private final Thread drain = new Thread(this::drain, "drain");
  private volatile boolean closed;

  ManyToOneTarget() {
    drain.setDaemon(true);
    drain.start();
  }

  private void drain() {
    while (!closed) {
      if (ring.read((type, buffer, index, length) -> {}) == 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Override
  public Writer writer() {
    Texts texts = new Texts();
    UnsafeBuffer from = new UnsafeBuffer(texts.bytes());
    return number -> {
      int length = texts.format(number);
      while (!ring.write(1, from, 0, length)) {
        Thread.onSpinWait();
      }
    };
  }

  @Override
  public void close() {
    closed = true;
  }
}
