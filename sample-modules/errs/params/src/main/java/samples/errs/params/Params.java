/*
 * params.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.params;

import static jiffy.linux.Printk.pr_info;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;

/** Every kind of parameter. */
@ModuleInfo(
    name = "params",
    license = "GPL v2",
    author = {"First Author <a@b>", "Second Author"},
    description = "all parameter types",
    version = "1.2.3",
    alias = "params-alias",
    info = "custom=xyz")
public final class Params extends KernelModule {
  @ModuleParam(value = "an int", perm = 0644)
  static int myint = 42;

  @ModuleParam(value = "an unsigned int", type = "uint", perm = 0444)
  static int myuint = 7;

  @ModuleParam(perm = 0644)
  static short myshort = -3;

  @ModuleParam(type = "ushort", perm = 0644)
  static short myushort = 3;

  @ModuleParam(perm = 0644)
  static long mylong = -1;

  @ModuleParam(type = "ulong", perm = 0644)
  static long myulong = 1;

  @ModuleParam(type = "ullong", perm = 0644)
  static long myullong = 1;

  @ModuleParam(perm = 0644)
  static byte mybyte = (byte) 255;

  @ModuleParam(type = "hexint", perm = 0644)
  static int myhex = 255;

  @ModuleParam(value = "a bool", perm = 0644)
  static boolean mybool;

  @ModuleParam(type = "invbool", perm = 0644)
  static boolean myinv;

  @ModuleParam(type = "bool_enable_only", perm = 0644)
  static boolean mybe;

  @ModuleParam(value = "a string", perm = 0644)
  static String mystr = "hello";

  @ModuleParam(len = 8, perm = 0644)
  static String mybuf = "abc";

  @ModuleParam(value = "up to 4 ints", count = "narr", perm = 0644)
  static int[] myarr = {1, 2, 0, 0};

  static int narr = 2;

  @ModuleParam(value = "not in sysfs (perm 0)", perm = 0)
  static int hidden = 5;

  @ModuleParam(perm = 0200)
  static int wo = 5;

  @ModuleParam(perm = 0644)
  static int my_dash = 1;

  @ModuleParam(name = "newname", perm = 0644)
  static int ren = 1;

  @ModuleParam(perm = 0644)
  static String nullstr;

  static int i_init() {
    pr_info(
        "params: myint=%d myuint=%u myshort=%d myushort=%u mylong=%ld myulong=%lu myullong=%llu"
            + " mybyte=%u myhex=%#x mybool=%d myinv=%d mybe=%d\n",
        myint,
        myuint,
        myshort,
        Short.toUnsignedInt(myushort),
        mylong,
        myulong,
        myullong,
        Byte.toUnsignedInt(mybyte),
        myhex,
        mybool ? 1 : 0,
        myinv ? 1 : 0,
        mybe ? 1 : 0);
    pr_info(
        "params: mystr='%s' mybuf='%s' narr=%d myarr=%d,%d,%d,%d hidden=%d wo=%d my_dash=%d"
            + " ren=%d nullstr=%s\n",
        mystr, mybuf, narr, myarr[0], myarr[1], myarr[2], myarr[3], hidden, wo, my_dash, ren,
        nullstr);
    return 0;
  }

  static void i_exit() {
    pr_info("params: exit myint=%d\n", myint);
  }

  {
    module_init(Params::i_init);
    module_exit(Params::i_exit);
  }
}
