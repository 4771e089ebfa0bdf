package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which steps of a module are choice points; simulated only, for on the host there are none. */
@Timeout(60)
class WeaverTest {
  @TempDir Path dir;

  /** The choice points of an init with such a body. */
  private List<String> stepsOf(String body, String... members) {
    String[] all = List.of(members).toArray(new String[members.length + 2]);
    all[members.length] = "{ module_init(M::init); module_exit(() -> {}); }";
    all[members.length + 1] = "static int init() throws Exception { " + body + " return 0; }";
    return Woven.stepsOf(ModuleJar.of(Sources.gpl("M", all)).writeTo(dir.resolve("m.jar")));
  }

  @Test
  void field_staticRead_isAPoint() {
    assertThat(stepsOf("int i = count;", "static int count;")).containsExactly("reads M.count");
  }

  @Test
  void field_increment_isAReadAndAWrite() {
    assertThat(stepsOf("count++;", "static long count;"))
        .containsExactly("reads M.count", "writes M.count");
  }

  @Test
  void field_ofANestedClass_isCalledByIt() {
    assertThat(
            stepsOf(
                "Cell c = cell; c.next = c; c.next.on = true;",
                "static class Cell { volatile boolean on; Cell next; }",
                "static final Cell cell = new Cell();"))
        .containsExactly("writes M.Cell.next", "reads M.Cell.next", "writes M.Cell.on");
  }

  @Test
  void field_inherited_isCalledByTheClassThatDeclaresIt() {
    assertThat(
            stepsOf(
                "new Derived().x = 1.5;",
                "static class Base { double x; }",
                "static class Derived extends Base {}"))
        .containsExactly("writes M.Base.x");
  }

  @Test
  void field_ofTheApi_isAPoint() {
    assertThat(
            stepsOf(
                "timer.expires = 1;",
                "static final jiffy.types.TimerList timer = new jiffy.types.TimerList();"))
        .containsExactly("writes TimerList.expires");
  }

  @Test
  void field_final_isNone() {
    assertThat(
            stepsOf(
                "int i = LIMIT + new Cell(3).value + Integer.MAX_VALUE; System.out.flush();",
                "static final int LIMIT = Integer.parseInt(\"7\");",
                "static class Cell { final int value; Cell(int v) { value = v; } }"))
        .isEmpty();
  }

  @Test
  void field_finalOfAnExposedClass_isNone() {
    String host =
        "package com.google.common.base; public class Charsets {"
            + " public static final java.nio.charset.Charset UTF_8 = null; }";
    String use = "Object o = com.google.common.base.Charsets.UTF_8; return 0;";
    Path jar =
        ModuleJar.ofSources(
                List.of(host),
                Sources.gpl(
                    "M",
                    "{ module_init(M::init); module_exit(() -> {}); }",
                    "static int init() { " + use + " }"))
            .writeTo(dir.resolve("m.jar"));
    assertThat(Woven.stepsOf(jar, "module.expose=com.google.common.base")).isEmpty();
  }

  @Test
  void field_ofALibrarysClassThatIsAboveItself_endsNoLoad() {
    ModuleJar other = ModuleJar.of("package l; class A {}", "package l; class B extends A {}");
    String field =
        "package l; class A extends B { static int of(A a) { return a.x; } } class B { int x; }";
    ModuleJar library = ModuleJar.of(field).entry("l/B.class", other.bytesOf("l/B.class"));
    String init = "{ module_init(() -> printk(\"loaded\\n\") * 0); module_exit(() -> {}); }";
    String user = "package m.m;\n" + Sources.gpl("M", init);
    Path jar = ModuleJar.of(user).library("l.jar", library).writeTo(dir.resolve("m.jar"));
    assertThat(Woven.printed(jar)).contains("loaded");
  }

  @Test
  void field_ofTheCompiler_isNone() {
    assertThat(
            stepsOf(
                "assert args != null; int[] sum = {1}; Runnable r = () -> { int[] t = sum; };"
                    + " r.run(); new Object() { Object captured() { return sum; } }.captured();",
                "static final Object args = new Object();"))
        .isEmpty();
  }

  @Test
  void field_inALambda_isAPoint() {
    assertThat(stepsOf("Runnable r = () -> count = 1; r.run();", "static int count;"))
        .containsExactly("writes M.count");
  }

  @Test
  void array_elementsOfEachType_arePoints() {
    assertThat(
            stepsOf(
                "a[0]++; b[0] = true; c[0] = 'x'; d[0] = 1; e[0] = null; f[0] = f[1]; g[0] = 1;"
                    + " h[0] = 1; i[0] = 1; int n = a.length;",
                "static final int[] a = new int[1]; static final boolean[] b = new boolean[1];",
                "static final char[] c = new char[1]; static final double[] d = new double[1];",
                "static final String[] e = new String[1]; static final byte[] f = new byte[2];",
                "static final float[] g = new float[1]; static final long[] h = new long[1];",
                "static final short[] i = new short[1];"))
        .containsExactly(
            "reads an element of int[]",
            "writes an element of int[]",
            "writes an element of byte or boolean[]",
            "writes an element of char[]",
            "writes an element of double[]",
            "writes an element of Object[]",
            "reads an element of byte or boolean[]",
            "writes an element of byte or boolean[]",
            "writes an element of float[]",
            "writes an element of long[]",
            "writes an element of short[]");
  }

  @Test
  void array_initializer_isNone() {
    assertThat(
            stepsOf(
                "int[][] a = {{1, 2}, {3}}; String s = String.format(\"%d%d\", a.length, 2);"
                    + " long[] big = {1L << 40, 2};"))
        .isEmpty();
  }

  @Test
  void array_assignmentWithinAnInitializer_isAPoint() {
    assertThat(stepsOf("int[] a = {1, x[0] = 5, 2};", "static final int[] x = new int[1];"))
        .containsExactly("writes an element of int[]");
  }

  @Test
  void array_madeAndThenWritten_isAPoint() {
    assertThat(stepsOf("int[] a; int[] b = a = new int[2]; b[0] = 1;"))
        .containsExactly("writes an element of int[]");
  }

  @Test
  void switch_overAnEnum_isNone() {
    assertThat(
            stepsOf(
                "switch (Thread.currentThread().getState()) { case NEW: break; default: }"
                    + " switch (String.valueOf(1)) { case \"1\": break; default: }"))
        .isEmpty();
  }

  @Test
  void calls_thatWorkOnSharedMemory_arePoints() {
    assertThat(
            stepsOf(
                "atomic_inc(n); long v = (long) V.getVolatile(); java.lang.invoke.VarHandle.fullFence();"
                    + " a.incrementAndGet(); set_bit(1, bits); list_add(entry, head);",
                "static long x;",
                "static final java.util.concurrent.atomic.AtomicInteger a ="
                    + " new java.util.concurrent.atomic.AtomicInteger();",
                "static final jiffy.types.AtomicT n = Atomics.ATOMIC_INIT(0);",
                "static final long[] bits = new long[1];",
                "static final jiffy.types.ListHead head = Lists.LIST_HEAD();",
                "static final jiffy.types.ListHead entry = Lists.LIST_HEAD();",
                "static final java.lang.invoke.VarHandle V; static { try {"
                    + " V = java.lang.invoke.MethodHandles.lookup()"
                    + ".findStaticVarHandle(M.class, \"x\", long.class); }"
                    + " catch (ReflectiveOperationException e) { throw new Error(e); } }",
                "static void atomic_inc(jiffy.types.AtomicT t) { Atomics.atomic_inc(t); }",
                "static void set_bit(int i, long[] b) { Bitops.set_bit(i, b); }",
                "static void list_add(jiffy.types.ListHead e, jiffy.types.ListHead h)"
                    + " { Lists.list_add(e, h); }",
                "static void unused() {}"))
        .containsExactly(
            "atomic_inc",
            "VarHandle.getVolatile",
            "AtomicInteger.incrementAndGet",
            "set_bit",
            "list_add");
  }

  @Test
  void monitor_whileItIsHeld_hasNoPoints() {
    assertThat(
            stepsOf(
                "synchronized (M.class) { a = 1; locked(); a = 2; } b = 1;",
                "static int a, b;",
                "static synchronized void locked() { a = 3; Bitops.set_bit(0, new long[1]); }"))
        .containsExactly("writes M.b");
  }

  @Test
  void monitor_leftByAThrow_isLeft() {
    assertThat(
            stepsOf(
                "try { synchronized (M.class) { thrower(); } } catch (RuntimeException e) {}"
                    + " try { synchronized (none) { a = 1; } } catch (NullPointerException e) {}"
                    + " b = 1;",
                "static int a, b; static final Object none = null;",
                "static synchronized void thrower() { throw new RuntimeException(); }"))
        .containsExactly("writes M.b");
  }

  @Test
  void classInitializer_hasNoPoints() {
    assertThat(
            stepsOf(
                "try { int i = Broken.x; } catch (ExceptionInInitializerError e) {} count = 1;",
                "static int count = 5;",
                "static int set() { count = 6; return 1; }",
                "static class Broken { static int x = set(); static { x = 1 / (x - 1); } }"))
        .containsExactly("reads M.Broken.x", "writes M.count");
  }
}
