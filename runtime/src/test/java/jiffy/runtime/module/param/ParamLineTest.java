package jiffy.runtime.module.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jiffy.linux.Errno;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replays truth/10_params.txt: the parameters are those of params.c. */
class ParamLineTest {
  /** As params.c. {@link Param} sets its fields by reflection. */
  static final class Fields {
    static int myint = 42;
    static int myuint = 7;
    static short myshort = -3;
    static short myushort = 3;
    static long mylong = -1;
    static long myulong = 1;
    static byte mybyte = (byte) 255;
    static int myhex = 255;
    static boolean mybool;
    static boolean myinv;
    static boolean mybe;
    static String mystr = "hello";
    static int[] myarr = {1, 2, 0, 0};
    static int[] free;
    static int ren = 1;
    static String nullstr;
    static boolean[] flags = new boolean[3];

    private Fields() {}
  }

  private final List<String> log = new ArrayList<>();
  private final List<Param> params = new ArrayList<>();

  @BeforeEach
  void declareAll() throws ReflectiveOperationException {
    Fields.myint = 42;
    Fields.myshort = -3;
    Fields.myushort = 3;
    Fields.mylong = -1;
    Fields.myulong = 1;
    Fields.myhex = 255;
    Fields.myinv = false;
    Fields.ren = 1;
    Fields.mybool = false;
    Fields.mybe = false;
    Fields.mystr = "hello";
    Fields.myarr = new int[] {1, 2, 0, 0};
    Fields.free = null;
    declare("myint", "", "I");
    declare("myuint", "uint", "I");
    declare("myshort", "", "S");
    declare("myushort", "ushort", "S");
    declare("mylong", "", "J");
    declare("myulong", "ulong", "J");
    declare("mybyte", "", "B");
    declare("myhex", "hexint", "I");
    declare("mybool", "", "Z");
    declare("myinv", "invbool", "Z");
    declare("mybe", "bool_enable_only", "Z");
    declare("mystr", "", "Ljava/lang/String;");
    declare("myarr", "", "[I");
    declare("free", "", "[I");
    declare("nullstr", "charp", "Ljava/lang/String;");
    declare("flags", "", "[Z");
    params.add(Param.bind(spec("newname", "", "I", "ren"), getClass().getClassLoader()));
  }

  private void declare(String name, String type, String descriptor)
      throws ReflectiveOperationException {
    params.add(Param.bind(spec(name, type, descriptor, name), getClass().getClassLoader()));
  }

  private static ParamSpec spec(String name, String type, String descriptor, String field) {
    return ParamSpec.declare(name, type, descriptor, Fields.class.getName(), field, "", 0644);
  }

  private int apply(String... words) {
    return ParamLine.apply(
        "params", ParamLine.join(List.of(words)), params, (level, text) -> log.add(level + text));
  }

  private String text(String name) {
    return params.stream().filter(p -> p.spec.name().equals(name)).findFirst().get().text();
  }

  @Test
  void text_ofDefaults_readsAsSysfsDoes() {
    assertThat(params)
        .extracting(p -> p.spec.name() + "=" + p.text())
        .contains(
            "myint=42",
            "myuint=7",
            "myshort=-3",
            "myushort=3",
            "mylong=-1",
            "mybyte=255",
            "myhex=0x0000ff",
            "mybool=N",
            "myinv=Y",
            "mybe=N",
            "mystr=hello",
            "nullstr=(null)",
            "newname=1",
            "free=");
  }

  @Test
  void apply_manyTypes_setsEach() {
    int result =
        apply(
            "myint=0x20",
            "mybool",
            "mystr=abc",
            "myarr=9,8,7",
            "newname=4",
            "myhex=0x1234",
            "myulong=18446744073709551615",
            "myushort=65535",
            "myinv=1",
            "flags=1,n,Y");
    assertThat(result).isZero();
    assertThat(log).isEmpty();
    assertThat(Fields.myint).isEqualTo(32);
    assertThat(Fields.mybool).isTrue();
    assertThat(Fields.myarr).containsExactly(9, 8, 7, 0);
    assertThat(Fields.ren).isEqualTo(4);
    assertThat(Fields.myinv).isFalse();
    assertThat(text("myinv")).isEqualTo("Y");
    assertThat(text("myhex")).isEqualTo("0x001234");
    assertThat(text("myulong")).isEqualTo("18446744073709551615");
    assertThat(text("myushort")).isEqualTo("65535");
    assertThat(text("flags")).isEqualTo("Y,N,Y");
  }

  @Test
  void apply_octalAndSigns_followKstrtox() {
    assertThat(apply("myint=010", "mylong=-0x10", "myshort=+7")).isZero();
    assertThat(Fields.myint).isEqualTo(8);
    assertThat(Fields.mylong).isEqualTo(-16);
    assertThat(Fields.myshort).isEqualTo((short) 7);
  }

  @Test
  void apply_dashForUnderscore_isTheSameName() throws ReflectiveOperationException {
    params.add(Param.bind(spec("my_dash", "", "I", "ren"), getClass().getClassLoader()));
    assertThat(apply("my-dash=3")).isZero();
    assertThat(Fields.ren).isEqualTo(3);
  }

  @Test
  void apply_sameParameterTwice_lastWins() {
    assertThat(apply("myint=1", "bogus=2", "myint=3")).isZero();
    assertThat(Fields.myint).isEqualTo(3);
    assertThat(log).containsExactly("4params: unknown parameter 'bogus' ignored");
  }

  @Test
  void apply_quotes_keepBlanks() {
    assertThat(apply("mystr=\"two words\"", "myint=1")).isZero();
    assertThat(Fields.mystr).isEqualTo("two words");
    assertThat(apply("\"mystr=three more words\"")).isZero();
    assertThat(Fields.mystr).isEqualTo("three more words");
    assertThat(apply("mystr=blanks without quotes")).isZero();
    assertThat(Fields.mystr).isEqualTo("blanks without quotes");
  }

  @Test
  void apply_emptyString_isEmptyAndNotMissing() {
    assertThat(apply("mystr=")).isZero();
    assertThat(Fields.mystr).isEmpty();
  }

  @Test
  void apply_blankBeforeName_isSkipped() {
    assertThat(apply(" myint=5")).isZero();
    assertThat(Fields.myint).isEqualTo(5);
  }

  @Test
  void apply_otherCase_isAnotherName() {
    assertThat(apply("MYINT=5")).isZero();
    assertThat(log).containsExactly("4params: unknown parameter 'MYINT' ignored");
  }

  @Test
  void apply_badValues_sayTheValueAndTheParameter() {
    assertFails(Errno.EINVAL, "mystr", "params: `' invalid for parameter `mystr'");
    assertFails(Errno.EINVAL, "mybool=2", "params: `2' invalid for parameter `mybool'");
    assertFails(Errno.ERANGE, "myshort=99999", "params: `99999' invalid for parameter `myshort'");
    assertFails(Errno.EINVAL, "mybyte=-1", "params: `-1' invalid for parameter `mybyte'");
    assertFails(Errno.EINVAL, "myuint=-1", "params: `-1' invalid for parameter `myuint'");
    assertFails(Errno.EINVAL, "myint=12abc", "params: `12abc' invalid for parameter `myint'");
    assertFails(Errno.EINVAL, "myint=", "params: `' invalid for parameter `myint'");
    assertFails(Errno.EINVAL, "myinv", "params: `' invalid for parameter `myinv'");
  }

  private void assertFails(int errno, String word, String... lines) {
    log.clear();
    assertThat(apply(word)).as(word).isEqualTo(-errno);
    assertThat(log).containsExactly(Arrays.stream(lines).map(l -> "3" + l).toArray(String[]::new));
  }

  @Test
  void apply_tooManyElements_failsAndKeepsTheFirst() {
    assertFails(
        Errno.EINVAL,
        "myarr=1,2,3,4,5",
        "myarr: can only take 4 arguments",
        "params: `1' invalid for parameter `myarr'");
    assertThat(Fields.myarr).containsExactly(1, 2, 3, 4);
  }

  @Test
  void apply_arrayWithoutASize_takesAny() {
    assertThat(apply("free=5,6,7,8,9")).isZero();
    assertThat(Fields.free).containsExactly(5, 6, 7, 8, 9);
  }

  @Test
  void apply_longString_isEnospc() {
    String text = "x".repeat(1025);
    assertFails(
        Errno.ENOSPC,
        "mystr=" + text,
        "mystr: string parameter too long",
        "params: `" + text + "' too large for parameter `mystr'");
    assertThat(apply("mystr=" + "x".repeat(1024))).isZero();
  }

  @Test
  void apply_afterABadValue_readsTheRest() {
    assertThat(apply("myint", "=", "5")).isEqualTo(-Errno.EINVAL);
    assertThat(log)
        .containsExactly(
            "3params: `' invalid for parameter `myint'",
            "4params: unknown parameter '=' ignored",
            "4params: unknown parameter '5' ignored");
  }

  @Test
  void apply_afterDashes_ignoresAndSaysSo() {
    assertThat(apply("myint=1", "--", "myint=2", "x")).isZero();
    assertThat(Fields.myint).isEqualTo(1);
    assertThat(log).containsExactly("4params: parameters 'myint=2 x' after `--' ignored");
  }

  @Test
  void set_enableOnlyBackToZero_isErofs() {
    assertThat(apply("mybe=1")).isZero();
    assertFails(Errno.EROFS, "mybe=0", "params: `0' invalid for parameter `mybe'");
    assertThat(Fields.mybe).isTrue();
  }

  @Test
  void declare_typeThatTheFieldCannotHold_isRefused() {
    assertThatThrownBy(() -> spec("x", "ulong", "I", "myint"))
        .hasMessageContaining("Fields.myint")
        .hasMessageContaining("ulong");
    assertThatThrownBy(() -> spec("x", "float", "I", "myint")).hasMessageContaining("'float'");
    assertThatThrownBy(() -> spec("x", "", "D", "myint")).hasMessageContaining("no parameter");
  }
}
