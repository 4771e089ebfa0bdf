package jiffy.benchmarks.printk;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.broadcast.BroadcastBufferDescriptor;
import org.agrona.concurrent.broadcast.BroadcastTransmitter;

/** Agrona's broadcast buffer: one writer, overwrites the oldest. Several writers need a lock. */
final class BroadcastTarget implements Target {
  private static final int BYTES = 1 << 20;

  private final boolean locked;
  private final BroadcastTransmitter transmitter =
      new BroadcastTransmitter(
          new UnsafeBuffer(
              ByteBuffer.allocateDirect(BYTES + BroadcastBufferDescriptor.TRAILER_LENGTH)));

  BroadcastTarget(boolean locked) {
    this.locked = locked;
  }

  @Override
  public Writer writer() {
    Texts texts = new Texts();
    UnsafeBuffer from = new UnsafeBuffer(texts.bytes());
    if (!locked) {
      return number -> transmitter.transmit(1, from, 0, texts.format(number));
    }
    return number -> {
      int length = texts.format(number);
      synchronized (transmitter) {
        transmitter.transmit(1, from, 0, length);
      }
    };
  }
}
