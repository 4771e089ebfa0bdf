package jiffy.runtime.module.param;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jiffy.linux.Errno;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Mutex;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replays truth/10_params.txt: the parameters are those of params.c, on the command line. */
class ParamLineTest {
  private static final String TIME = "\\[ *\\d+\\.\\d+\\] ";

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
    static int narr = 2;
    static int[] free;
    static int bint = 7;
    static String mybuf = "abc";
    static byte[] bytes = new byte[4];
    static String[] names = {"a", null};
    static short[] shorts = {1, 2};
    static long[] longs = {1};
    static int[] hexints = {0, 255};
    static int ren = 1;
    static String nullstr;
    static boolean[] flags = new boolean[3];

    private Fields() {}
  }

  private final List<Param> params = new ArrayList<>();
  private final Mutex lock = new Mutex();
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=1");
  private final Attachment self = machine.attach("insmod");
  private int linesBefore;

  @AfterEach
  void halt() {
    self.close();
    machine.close();
  }

  @BeforeEach
  void declareAll() throws ReflectiveOperationException {
    linesBefore = machine.dmesg().size();
    Fields.narr = 2;
    Fields.bint = 7;
    Fields.mybuf = "abc";
    Fields.bytes = "xyz\0".getBytes(UTF_8);
    Fields.names = new String[] {"a", null};
    Fields.shorts = new short[] {1, 2};
    Fields.longs = new long[] {1};
    Fields.hexints = new int[] {0, 255};
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
    declare("free", "", "[I");
    declare("nullstr", "charp", "Ljava/lang/String;");
    declare("flags", "", "[Z");
    declare("bint", "bint", "I");
    declare("bytes", "string", "[B");
    declare("names", "", "[Ljava/lang/String;");
    declare("shorts", "ushort", "[S");
    declare("longs", "ulong", "[J");
    declare("hexints", "hexint", "[I");
    declare(Map.of("count", "narr"), "[I", "myarr");
    declare(Map.of("len", 8), "Ljava/lang/String;", "mybuf");
    declare(Map.of("name", "newname"), "I", "ren");
  }

  private void declare(String name, String type, String descriptor)
      throws ReflectiveOperationException {
    declare(type.isEmpty() ? Map.of() : Map.of("type", type), descriptor, name);
  }

  private void declare(Map<String, Object> values, String descriptor, String field)
      throws ReflectiveOperationException {
    params.add(Param.bind(spec(values, descriptor, field), getClass().getClassLoader()));
  }

  private static ParamSpec spec(Map<String, Object> values, String descriptor, String field) {
    return ParamSpec.declare(values, descriptor, Fields.class.getName(), field);
  }

  private int apply(String... words) {
    return applyLine(ParamLine.join(List.of(words)));
  }

  private int applyLine(String line) {
    try {
      return ParamLine.apply("params", line, params, lock, machine::print);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** The records since the last look. */
  private List<String> log() {
    List<String> all = machine.dmesg();
    List<String> news = all.subList(linesBefore, all.size());
    linesBefore = all.size();
    return news.stream().map(line -> line.replaceFirst(TIME, "")).toList();
  }

  private String text(Param param) {
    try {
      StringBuilder text = new StringBuilder();
      assertThat(param.get(text)).isEqualTo(text.toString().getBytes(UTF_8).length);
      assertThat(text.toString()).endsWith("\n");
      return text.substring(0, text.length() - 1);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private String text(String name) {
    return text(params.stream().filter(p -> p.spec.name().equals(name)).findFirst().get());
  }

  @Test
  void text_ofDefaults_readsAsSysfsDoes() {
    assertThat(params)
        .extracting(p -> p.spec.name() + "=" + (p.spec.name().equals("free") ? "" : text(p)))
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
            "myarr=1,2",
            "names=a,(null)",
            "hexints=0x000000,0x0000ff",
            "bytes=xyz",
            "mybuf=abc",
            "bint=7");
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
    assertThat(log()).isEmpty();
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
    declare(Map.of("name", "my_dash"), "I", "ren");
    assertThat(apply("my-dash=3")).isZero();
    assertThat(Fields.ren).isEqualTo(3);
  }

  @Test
  void apply_sameParameterTwice_lastWins() {
    assertThat(apply("myint=1", "bogus=2", "myint=3")).isZero();
    assertThat(Fields.myint).isEqualTo(3);
    assertThat(log()).containsExactly("params: unknown parameter 'bogus' ignored");
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
    assertThat(log()).containsExactly("params: unknown parameter 'MYINT' ignored");
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
    assertThat(apply(word)).as(word).isEqualTo(-errno);
    assertThat(log()).containsExactly(lines);
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
    assertThat(apply("mystr=" + text)).isEqualTo(-Errno.ENOSPC);
    List<String> said = log();
    assertThat(said).hasSize(2).first().isEqualTo("mystr: string parameter too long");
    assertThat(said.get(1)).startsWith("params: `xxx"); // a record is not long enough for the rest
    assertThat(Fields.mystr).isEqualTo("hello");
    assertThat(apply("mystr=" + "x".repeat(1024))).isZero();
  }

  @Test
  void apply_afterABadValue_readsTheRest() {
    assertThat(apply("myint", "=", "5")).isEqualTo(-Errno.EINVAL);
    assertThat(log())
        .containsExactly(
            "params: `' invalid for parameter `myint'",
            "params: unknown parameter '=' ignored",
            "params: unknown parameter '5' ignored");
  }

  @Test
  void apply_afterDashes_ignoresAndSaysSo() {
    assertThat(apply("myint=1", "--", "myint=2", "x")).isZero();
    assertThat(Fields.myint).isEqualTo(1);
    assertThat(log()).containsExactly("params: parameters 'myint=2 x' after `--' ignored");
  }

  @Test
  void set_enableOnlyBackToZero_isErofs() {
    assertThat(apply("mybe=1")).isZero();
    assertFails(Errno.EROFS, "mybe=0", "params: `0' invalid for parameter `mybe'");
    assertThat(Fields.mybe).isTrue();
  }

  @Test
  void declare_whatCannotBe_isRefusedWithAReason() {
    String string = "Ljava/lang/String;";
    assertRefused(Map.of("type", "ulong"), "I", "Fields.myint", "type ulong");
    assertRefused(Map.of("type", "float"), "I", "'float'", "there are byte, short, ushort, int,");
    assertRefused(Map.of(), "D", "Java type that no parameter has");
    assertRefused(Map.of("type", "string"), string, "needs its length: len = 80");
    assertRefused(Map.of("len", -1), string, "length -1");
    assertRefused(Map.of("len", 8), "[B", "leave out len");
    assertRefused(Map.of("len", 8, "type", "charp"), string, "has a len");
    assertRefused(Map.of("type", "string"), "[" + string, "say type = \"charp\"");
    assertRefused(Map.of("count", "n"), "I", "no array");
    assertRefused(Map.of("perm", 644), "I", "perm 1204", "begins with 0");
    assertRefused(Map.of("perm", 0666), "I", "perm 0666", "others must not write");
    assertRefused(Map.of("perm", 0244), "I", "perm 0244", "group may do more than owner");
    assertRefused(Map.of("type", "int"), ParamSpec.OPS_DESCRIPTOR, "leave out type");
    assertRefused(Map.of("ops", "x"), ParamSpec.OPS_DESCRIPTOR, "leave out ops = \"x\"");
  }

  private static void assertRefused(Map<String, Object> values, String descriptor, String... said) {
    assertThatThrownBy(() -> spec(values, descriptor, "myint"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(said);
  }

  @Test
  void typeName_isModinfos() {
    assertThat(params)
        .extracting(p -> p.spec.name() + ":" + p.spec.typeName())
        .contains("myarr:array of int", "mybuf:string", "bytes:string", "names:array of charp");
    assertThat(spec(Map.of(), ParamSpec.OPS_DESCRIPTOR, "x").typeName()).isEmpty();
  }

  @Test
  void apply_stringBuffer_takesWhatFitsInBytes() {
    assertThat(apply("mybuf=1234567", "bytes=abc")).isZero();
    assertThat(Fields.mybuf).isEqualTo("1234567");
    assertThat(new String(Fields.bytes, UTF_8)).isEqualTo("abc\0");
    assertThat(apply("bytes=x")).isZero();
    assertThat(text("bytes")).isEqualTo("x");
    assertFails(
        Errno.ENOSPC,
        "mybuf=12345678",
        "mybuf: string doesn't fit in 7 chars.",
        "params: `12345678' too large for parameter `mybuf'");
    assertFails(
        Errno.ENOSPC,
        "bytes=äö",
        "bytes: string doesn't fit in 3 chars.",
        "params: `äö' too large for parameter `bytes'");
    assertFails(Errno.EINVAL, "mybuf", "params: `' invalid for parameter `mybuf'");
    assertThat(Fields.mybuf).isEqualTo("1234567");
    assertThat(text("bytes")).isEqualTo("x");
  }

  @Test
  void apply_arraysOfEachKind_setTheirElements() {
    assertThat(apply("names=x,,z", "shorts=65535", "hexints=1,0xff")).isEqualTo(-Errno.EINVAL);
    assertThat(log())
        .containsExactly(
            "names: can only take 2 arguments", "params: `x' invalid for parameter `names'");
    assertThat(Fields.names).containsExactly("x", "");
    assertThat(text("shorts")).isEqualTo("65535,2"); // without a count all elements are read
    assertThat(text("hexints")).isEqualTo("0x000001,0x0000ff");
    assertThat(apply("longs=18446744073709551615", "flags=y,0,on")).isZero();
    assertThat(text("longs")).isEqualTo("18446744073709551615");
    assertThat(text("flags")).isEqualTo("Y,N,Y");
  }

  @Test
  void apply_array_countsWhatItHasStored() {
    assertThat(apply("myarr=9,8,7")).isZero();
    assertThat(Fields.narr).isEqualTo(3);
    assertThat(text("myarr")).isEqualTo("9,8,7");
    assertFails(Errno.EINVAL, "myarr=1,x", "params: `1' invalid for parameter `myarr'");
    assertThat(text("myarr")).isEqualTo("1");
    assertFails(Errno.EINVAL, "myarr=", "params: `' invalid for parameter `myarr'");
    assertThat(Fields.narr).isZero();
    assertFails(Errno.EINVAL, "myarr", "params: `' invalid for parameter `myarr'");
    assertThat(Fields.myarr).containsExactly(1, 8, 7, 0);
  }

  @Test
  void apply_bint_isReadLikeABoolAndReadsBackAsANumber() {
    assertThat(apply("bint=n")).isZero();
    assertThat(text("bint")).isEqualTo("0");
    assertThat(apply("bint")).isZero();
    assertThat(text("bint")).isEqualTo("1");
  }

  @Test
  void applyLine_blanksAndQuotes_areThoseOfNextArg() {
    assertThat(applyLine(" \t\nmyint=5\t\r mystr=a\n\n")).isZero();
    assertThat(Fields.myint).isEqualTo(5);
    assertThat(Fields.mystr).isEqualTo("a");
    assertThat(applyLine("mystr=a\"b c\"d myint=6")).isZero(); // within a word they stay
    assertThat(Fields.mystr).isEqualTo("a\"b c\"d");
    assertThat(Fields.myint).isEqualTo(6);
    assertThat(applyLine("mystr=\"open to the end myint=7")).isZero();
    assertThat(Fields.mystr).isEqualTo("open to the end myint=7");
    assertThat(applyLine("\"mybool\" mystr=\"\"")).isZero();
    assertThat(Fields.mybool).isTrue();
    assertThat(Fields.mystr).isEmpty();
    assertThat(applyLine("")).isZero();
    assertThat(applyLine("   ")).isZero();
    assertThat(log()).isEmpty();
    assertThat(applyLine("=5 myint==5")).isEqualTo(-Errno.EINVAL);
    assertThat(log())
        .containsExactly(
            "params: unknown parameter '=5' ignored", "params: `=5' invalid for parameter `myint'");
  }

  @Test
  void apply_asyncProbe_isTakenByEveryModule() {
    assertThat(apply("async_probe", "async_probe=1")).isZero();
    assertThat(log()).isEmpty();
  }

  @Test
  void apply_dashesAtTheEnd_areSaidToo() {
    assertThat(apply("myint=1", "--")).isZero();
    assertThat(log()).containsExactly("params: parameters '' after `--' ignored");
    assertThat(apply("myint=x", "--", "y")).isEqualTo(-Errno.EINVAL);
    assertThat(log()).containsExactly("params: `x' invalid for parameter `myint'");
  }
}
