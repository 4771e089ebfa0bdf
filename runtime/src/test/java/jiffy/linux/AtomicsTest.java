package jiffy.linux;

import static jiffy.linux.Atomics.*;
import static jiffy.linux.Atomics64.*;
import static jiffy.linux.Bitops.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Modifier;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jiffy.types.Atomic64T;
import jiffy.types.AtomicT;
import org.junit.jupiter.api.Test;

/** atomic_t, atomic64_t and single bits; the first row is that of truth/semprobe_sync.dmesg. */
class AtomicsTest {
  private final AtomicT a = ATOMIC_INIT(5);
  private final Atomic64T l = ATOMIC64_INIT(5);

  @Test
  void atomics_asRecorded() {
    assertThat(atomic_add_return(3, a)).isEqualTo(8);
    assertThat(atomic_fetch_add(1, a)).isEqualTo(8);
    assertThat(atomic_dec_and_test(a)).isFalse();
    assertThat(atomic_cmpxchg(a, 8, 1)).isEqualTo(8);
    assertThat(atomic_read(a)).isEqualTo(1);
    assertThat(atomic_inc_not_zero(a)).isTrue();
    assertThat(atomic_add_unless(a, 2, 2)).isFalse();
    assertThat(a.counter).isEqualTo(2);
  }

  @Test
  void atomic_inc_return_ofIntMax_wraps() {
    atomic_set(a, Integer.MAX_VALUE);
    assertThat(atomic_inc_return(a)).isEqualTo(Integer.MIN_VALUE);
    assertThat(atomic_dec_return(a)).isEqualTo(Integer.MAX_VALUE);
    atomic64_set(l, Long.MAX_VALUE);
    assertThat(atomic64_inc_return(l)).isEqualTo(Long.MIN_VALUE);
    assertThat(atomic64_dec_return(l)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void atomics_ofArithmetic_returnTheOldOrTheNewValue() {
    atomic_add(3, a);
    atomic_sub(1, a);
    atomic_inc(a);
    atomic_dec(a);
    assertThat(atomic_read_acquire(a)).isEqualTo(7);
    assertThat(atomic_sub_return(2, a)).isEqualTo(5);
    assertThat(atomic_fetch_sub(1, a)).isEqualTo(5);
    assertThat(atomic_fetch_inc(a)).isEqualTo(4);
    assertThat(atomic_fetch_dec(a)).isEqualTo(5);
    assertThat(atomic_sub_and_test(4, a)).isTrue();
    assertThat(atomic_add_negative(-1, a)).isTrue();
    assertThat(atomic_inc_and_test(a)).isTrue();
    assertThat(atomic_xchg(a, 9)).isZero();
    atomic_set_release(a, 10);
    assertThat(a).hasToString("10");
    atomic64_add(3, l);
    atomic64_sub(1, l);
    atomic64_inc(l);
    atomic64_dec(l);
    assertThat(atomic64_sub_return(2, l)).isEqualTo(5);
    assertThat(atomic64_fetch_sub(1, l)).isEqualTo(5);
    assertThat(atomic64_sub_and_test(4, l)).isTrue();
    assertThat(atomic64_xchg(l, 1L << 40)).isZero();
    assertThat(atomic64_read(l)).isEqualTo(1L << 40);
  }

  @Test
  void atomics_ofBits_changeThem() {
    atomic_or(0xa, a); // 5 | 10
    assertThat(atomic_fetch_and(0x6, a)).isEqualTo(0xf);
    assertThat(atomic_fetch_or(0x1, a)).isEqualTo(0x6);
    assertThat(atomic_fetch_xor(0x3, a)).isEqualTo(0x7);
    assertThat(atomic_fetch_andnot(0x4, a)).isEqualTo(0x4);
    atomic_xor(0xc, a);
    atomic_andnot(0x8, a);
    atomic_and(0xc, a);
    assertThat(atomic_read(a)).isEqualTo(0x4);
    assertThat(atomic64_fetch_andnot(0x4, l)).isEqualTo(0x5);
    assertThat(atomic64_fetch_xor(1L << 40, l)).isEqualTo(1);
    assertThat(atomic64_read(l)).isEqualTo(1L << 40 | 1);
  }

  @Test
  void atomics_thatDependOnTheValue_changeItOrNot() {
    int[] old = {4};
    assertThat(atomic_try_cmpxchg(a, old, 6)).isFalse();
    assertThat(old[0]).isEqualTo(5);
    assertThat(atomic_try_cmpxchg(a, old, 6)).isTrue();
    assertThat(atomic_cmpxchg(a, 5, 7)).isEqualTo(6);
    assertThat(atomic_fetch_add_unless(a, 1, 6)).isEqualTo(6);
    assertThat(atomic_fetch_add_unless(a, 1, 7)).isEqualTo(6);
    assertThat(atomic_dec_if_positive(a)).isEqualTo(6);
    assertThat(atomic_dec_unless_positive(a)).isFalse();
    assertThat(atomic_inc_unless_negative(a)).isTrue();
    atomic_set(a, 0);
    assertThat(atomic_inc_not_zero(a)).isFalse();
    assertThat(atomic_dec_if_positive(a)).isEqualTo(-1);
    assertThat(a.counter).isZero();
    assertThat(atomic_dec_unless_positive(a)).isTrue();
    assertThat(atomic_inc_unless_negative(a)).isFalse();
    assertThat(a.counter).isEqualTo(-1);
    long[] oldLong = {4};
    assertThat(atomic64_try_cmpxchg(l, oldLong, 6)).isFalse();
    assertThat(atomic64_try_cmpxchg(l, oldLong, 6)).isTrue();
    assertThat(atomic64_cmpxchg(l, 6, 0)).isEqualTo(6);
    assertThat(atomic64_dec_if_positive(l)).isEqualTo(-1);
    assertThat(atomic64_inc_not_zero(l)).isFalse();
  }

  @Test
  void bits_ofABitmap_areSetClearedAndTested() {
    long[] map = DECLARE_BITMAP(65);
    assertThat(map).hasSize(2);
    set_bit(64, map);
    assertThat(map[1]).isEqualTo(BIT(0));
    assertThat(test_bit(64, map)).isTrue();
    assertThat(test_bit(0, map)).isFalse();
    assertThat(test_and_set_bit(63, map)).isFalse();
    assertThat(test_and_set_bit(63, map)).isTrue();
    assertThat(map[0]).isEqualTo(BIT(63));
    assertThat(test_and_clear_bit(63, map)).isTrue();
    assertThat(test_and_clear_bit(63, map)).isFalse();
    assertThat(test_and_change_bit(1, map)).isFalse();
    change_bit(1, map);
    clear_bit(64, map);
    assertThat(map).containsOnly(0);
    assertThatThrownBy(() -> set_bit(128, map)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> set_bit(-1, map)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** One text but for the number's type, over which Java has no generics: that it stays one. */
  @Test
  void atomics64_hasTheFunctionsOfAtomics_withLongForInt() {
    List<String> expected =
        functions(Atomics.class)
            .map(function -> function.replaceAll("\\bint\\b", "long"))
            .map(function -> function.replaceAll("\\b(atomic|ATOMIC|Atomic)(?=_|T)", "$164"))
            .toList();
    assertThat(expected).hasSizeGreaterThan(30).allMatch(function -> function.contains("64"));
    assertThat(functions(Atomics64.class)).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static Stream<String> functions(Class<?> header) {
    return Stream.of(header.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .map(
            method ->
                method.getReturnType().getSimpleName()
                    + " "
                    + method.getName()
                    + Stream.of(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")")));
  }
}
