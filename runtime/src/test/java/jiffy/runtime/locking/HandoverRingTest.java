package jiffy.runtime.locking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A ring, its mouth and its seats, step by step and by one thread. */
class HandoverRingTest {
  private static final int SIZE = HandoverRing.SIZE;
  private static final int MOST = HandoverRing.MOST;

  /** Something that is handed over. */
  private static final class Thing {
    long seat;
  }

  private static final class Ring extends HandoverRing<Thing> {
    final Mouth mouth = new Mouth(this);
    long head = FIRST;

    Ring() {
      furnish(mouth);
    }

    @Override
    public long head() {
      return head;
    }

    Thing take() {
      look(mouth.tail());
      if (isDirty()) {
        clear();
      }
      return at(head++);
    }
  }

  private static final class Mouth extends HandoverMouth<Thing> {
    Mouth(Ring ring) {
      super(ring);
    }

    /** As who hands over: not if it is in, nor if there is no room. */
    boolean offer(Thing thing) {
      long seat = isIn(thing.seat) || isFull() ? 0 : seatFor(thing.seat);
      if (seat == 0) {
        return false;
      }
      thing.seat = seat;
      put(thing, seat);
      return true;
    }

    boolean has(Thing thing) {
      assertThat(isIn(thing.seat)).as("with the lock or without").isEqualTo(wasIn(thing.seat));
      return isIn(thing.seat);
    }
  }

  private final Ring ring = new Ring();
  private final Mouth mouth = ring.mouth;

  private List<Thing> offer(int count) {
    List<Thing> things = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Thing thing = new Thing();
      assertThat(mouth.offer(thing)).isTrue();
      things.add(thing);
    }
    return things;
  }

  private void take(List<Thing> things) {
    for (Thing thing : things) {
      assertThat(ring.take()).isSameAs(thing);
    }
  }

  @Test
  void aThing_isInUntilTheHeadHasPassedIt() {
    Thing thing = new Thing();
    assertThat(mouth.has(thing)).isFalse();
    assertThat(mouth.offer(thing)).isTrue();
    assertThat(mouth.has(thing)).isTrue();
    assertThat(mouth.offer(thing)).isFalse();
    take(List.of(thing));
    assertThat(mouth.has(thing)).isFalse();
    assertThat(mouth.offer(thing)).isTrue();
    assertThat(mouth.has(thing)).isTrue();
  }

  @Test
  void aThingThatComesAgain_keepsItsSeat() {
    List<Thing> things = offer(3);
    long seat = things.get(1).seat;
    take(things);
    for (int turn = 0; turn < 3 * SIZE; turn++) {
      assertThat(things).allMatch(mouth::offer);
      take(things);
    }
    assertThat(things.get(1).seat).isEqualTo(seat);
  }

  @Test
  void aFullRing_takesNothing_andOneMoreForEachThatIsTakenOut() {
    List<Thing> things = offer(MOST);
    assertThat(mouth.offer(new Thing())).isFalse();
    take(things.subList(0, 2));
    assertThat(mouth.offer(things.get(1))).isTrue();
    assertThat(mouth.offer(things.get(0))).isTrue();
    assertThat(mouth.offer(things.get(2))).isFalse();
    assertThat(mouth.offer(new Thing())).isFalse();
    take(things.subList(2, MOST));
    take(List.of(things.get(1), things.get(0)));
  }

  @Test
  void moreThingsThanSeats_takeThemFromEachOther_whileTheyAreNotIn() {
    List<Thing> old = offer(SIZE / 2);
    take(old);
    for (int i = 0; i < 4; i++) {
      List<Thing> others = offer(SIZE / 2);
      assertThat(old).noneMatch(mouth::has);
      take(others);
    }
    long seat = old.get(0).seat;
    assertThat(old).allMatch(mouth::offer);
    assertThat(old.get(0).seat).isNotEqualTo(seat);
    assertThat(old).allMatch(mouth::has);
    take(old);
  }

  @Test
  void theSeatOfAThingThatIsIn_isNotTaken() {
    List<Thing> firstSeats = offer(20);
    take(firstSeats);
    take(offer(SIZE / 2));
    take(offer(SIZE / 2 - 20)); // the next seats are the first again
    for (int round = 0; round < 8; round++) {
      assertThat(firstSeats).allMatch(mouth::offer);
      List<Thing> others = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Thing thing = new Thing();
        if (mouth.offer(thing)) {
          others.add(thing);
        }
      }
      assertThat(others).as("8 seats are looked at for each").hasSizeBetween(1, 4);
      assertThat(firstSeats).allMatch(mouth::has);
      assertThat(others).allMatch(mouth::has);
      take(firstSeats);
      take(others);
      assertThat(firstSeats).noneMatch(mouth::has);
    }
  }
}
