package jiffy.benchmarks.work;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import com.lmax.disruptor.util.DaemonThreadFactory;

/** The Disruptor, many producers, a consumer that blocks when there is nothing. */
final class DisruptorDeferral extends Deferral {
  /** A slot of the ring. */
  private static final class Slot {
    int index;
  }

  private final Disruptor<Slot> disruptor;

  DisruptorDeferral(int pieces, Piece piece) {
    disruptor =
        new Disruptor<>(
            Slot::new,
            Integer.highestOneBit(Math.max(2, pieces) - 1) << 1,
            DaemonThreadFactory.INSTANCE,
            ProducerType.MULTI,
            new BlockingWaitStrategy());
    disruptor.handleEventsWith((slot, sequence, isLast) -> piece.run(slot.index));
    disruptor.start();
  }

  @Override
  void defer(int index) {
    var ring = disruptor.getRingBuffer();
    long sequence = ring.next();
    ring.get(sequence).index = index;
    ring.publish(sequence);
  }

  @Override
  public void close() {
    disruptor.halt();
  }
}
