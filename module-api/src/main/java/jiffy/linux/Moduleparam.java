package jiffy.linux;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.ENOSPC;
import static jiffy.linux.Errno.ERANGE;
import static jiffy.linux.Errno.EROFS;
import static jiffy.linux.Printk.pr_err;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import jiffy.types.KernelParam;
import jiffy.types.ModuleStruct;

/**
 * {@code linux/moduleparam.h}: what texts each type of parameter takes, and how it reads back; for
 * the callbacks of {@link jiffy.types.KernelParamOps}, which do something besides:
 *
 * <pre>{@code
 * static int set_interval(String val, KernelParam kp) {
 *   int ret = param_set_int(val, kp);
 *   if (ret == 0) {
 *     mod_timer(timer, jiffies() + interval * HZ());
 *   }
 *   return ret;
 * }
 * }</pre>
 *
 * <p>The variable is that of {@code kp}: a static field, or the first element of an array. It may
 * be wider than the type; an unsigned number keeps its bits. One that is too narrow, or of another
 * kind, is a ClassCastException, and so an oops. Numbers are read as {@link Kstrtox#kstrtoull} with
 * base 0 does.
 *
 * <p>The functions that set return
 *
 * <ul>
 *   <li>0: the value is stored. Whatever else they return, the one before is untouched
 *   <li>-EINVAL: no number, no truth value, or null where a value is needed
 *   <li>-ERANGE: too large or too small
 *   <li>-ENOSPC: too long; the reason is in the log
 *   <li>-EROFS: {@code bool_enable_only} that is to be unset
 * </ul>
 *
 * <p>Those that get append the value and a newline to the buffer, and return the bytes appended.
 *
 * <p>Contexts: those of the callbacks, which is process context with {@code kernel_param_lock}
 * held.
 */
public final class Moduleparam {
  /** {@code KERNEL_PARAM_OPS_FL_NOARG}: the bare name is enough; {@code set} is given null. */
  public static final int KERNEL_PARAM_OPS_FL_NOARG = 1;

  /** {@code param_set_charp}'s limit, in bytes. */
  private static final int LONGEST_CHARP = 1024;

  /** What a read gets at most, with the NUL. */
  private static final int PAGE_SIZE = 4096;

  private Moduleparam() {}

  /**
   * {@code void kernel_param_lock(struct module *mod)}: keeps the module's parameters as they are,
   * so that several can be read together. Process context, not in a callback of a parameter, where
   * it is held.
   */
  public static void kernel_param_lock(ModuleStruct mod) {
    Mutexes.mutex_lock(mod.__owner.paramLock);
  }

  /** {@code void kernel_param_unlock(struct module *mod)}: by who locked it. Process context. */
  public static void kernel_param_unlock(ModuleStruct mod) {
    Mutexes.mutex_unlock(mod.__owner.paramLock);
  }

  /**
   * {@code int param_set_byte(const char *val, const struct kernel_param *kp)}: returns 0 or an
   * errno.
   */
  public static int param_set_byte(String val, KernelParam kp) {
    return setUnsigned(val, kp, Byte.SIZE);
  }

  /** {@code int param_get_byte(char *buffer, const struct kernel_param *kp)}: returns bytes. */
  public static int param_get_byte(StringBuilder buffer, KernelParam kp) {
    return appendUnsigned(buffer, kp, Byte.SIZE);
  }

  /**
   * {@code int param_set_short(const char *val, const struct kernel_param *kp)}: returns 0 or an
   * errno.
   */
  public static int param_set_short(String val, KernelParam kp) {
    return setSigned(val, kp, Short.SIZE);
  }

  /** {@code int param_get_short(char *buffer, const struct kernel_param *kp)}: returns bytes. */
  public static int param_get_short(StringBuilder buffer, KernelParam kp) {
    return append(buffer, Long.toString(((Number) kp.__load()).longValue()));
  }

  /**
   * {@code int param_set_ushort(const char *val, const struct kernel_param *kp)}: returns 0 or an
   * errno.
   */
  public static int param_set_ushort(String val, KernelParam kp) {
    return setUnsigned(val, kp, Short.SIZE);
  }

  /** {@code int param_get_ushort(char *buffer, const struct kernel_param *kp)}: returns bytes. */
  public static int param_get_ushort(StringBuilder buffer, KernelParam kp) {
    return appendUnsigned(buffer, kp, Short.SIZE);
  }

  /**
   * {@code int param_set_int(const char *val, const struct kernel_param *kp)}: returns 0 or an
   * errno.
   */
  public static int param_set_int(String val, KernelParam kp) {
    return setSigned(val, kp, Integer.SIZE);
  }

  /** {@code int param_get_int(char *buffer, const struct kernel_param *kp)}: returns bytes. */
  public static int param_get_int(StringBuilder buffer, KernelParam kp) {
    return append(buffer, Long.toString(((Number) kp.__load()).longValue()));
  }

  /**
   * {@code int param_set_uint(const char *val, const struct kernel_param *kp)}: returns 0 or an
   * errno.
   */
  public static int param_set_uint(String val, KernelParam kp) {
    return setUnsigned(val, kp, Integer.SIZE);
  }

  /** {@code int param_get_uint(char *buffer, const struct kernel_param *kp)}: returns bytes. */
  public static int param_get_uint(StringBuilder buffer, KernelParam kp) {
    return appendUnsigned(buffer, kp, Integer.SIZE);
  }

  /**
   * {@code int param_set_long(const char *val, const struct kernel_param *kp)}: returns 0 or an
   * errno.
   */
  public static int param_set_long(String val, KernelParam kp) {
    return setSigned(val, kp, Long.SIZE);
  }

  /** {@code int param_get_long(char *buffer, const struct kernel_param *kp)}: returns bytes. */
  public static int param_get_long(StringBuilder buffer, KernelParam kp) {
    return append(buffer, Long.toString(((Number) kp.__load()).longValue()));
  }

  /**
   * {@code int param_set_ulong(const char *val, const struct kernel_param *kp)}: returns 0 or an
   * errno.
   */
  public static int param_set_ulong(String val, KernelParam kp) {
    return setUnsigned(val, kp, Long.SIZE);
  }

  /** {@code int param_get_ulong(char *buffer, const struct kernel_param *kp)}: returns bytes. */
  public static int param_get_ulong(StringBuilder buffer, KernelParam kp) {
    return appendUnsigned(buffer, kp, Long.SIZE);
  }

  /**
   * {@code int param_set_ullong(const char *val, const struct kernel_param *kp)}: returns 0 or an
   * errno.
   */
  public static int param_set_ullong(String val, KernelParam kp) {
    return setUnsigned(val, kp, Long.SIZE);
  }

  /** {@code int param_get_ullong(char *buffer, const struct kernel_param *kp)}: returns bytes. */
  public static int param_get_ullong(StringBuilder buffer, KernelParam kp) {
    return appendUnsigned(buffer, kp, Long.SIZE);
  }

  /**
   * {@code int param_set_hexint(const char *val, const struct kernel_param *kp)}: returns 0 or an
   * errno.
   */
  public static int param_set_hexint(String val, KernelParam kp) {
    return setUnsigned(val, kp, Integer.SIZE);
  }

  /** {@code int param_get_hexint(char *buffer, const struct kernel_param *kp)}: returns bytes. */
  public static int param_get_hexint(StringBuilder buffer, KernelParam kp) {
    long value = ((Number) kp.__load()).longValue() & 0xffff_ffffL;
    return append(buffer, String.format(Locale.ROOT, "%#08x", value));
  }

  /**
   * {@code int param_set_uint_minmax(const char *val, const struct kernel_param *kp, unsigned int
   * min, unsigned int max)}: for a callback of one's own.
   *
   * @return 0, or -EINVAL, also for what is outside of the bounds
   */
  public static int param_set_uint_minmax(String val, KernelParam kp, int min, int max) {
    int[] value = new int[1];
    if (val == null || Kstrtox.kstrtouint(val, 0, value) != 0) {
      return -EINVAL;
    }
    if (Integer.compareUnsigned(value[0], min) < 0 || Integer.compareUnsigned(value[0], max) > 0) {
      return -EINVAL;
    }
    kp.__storeNumber(Integer.toUnsignedLong(value[0]));
    return 0;
  }

  /**
   * {@code int param_set_charp(const char *val, const struct kernel_param *kp)}: the text as it is,
   * with its newline, up to 1024 bytes.
   *
   * @return 0, -EINVAL or -ENOSPC
   */
  public static int param_set_charp(String val, KernelParam kp) {
    if (val == null) {
      return -EINVAL;
    }
    if (bytes(val).length > LONGEST_CHARP) {
      pr_err("%s: string parameter too long\n", kp.name);
      return -ENOSPC;
    }
    kp.__store(val);
    return 0;
  }

  /**
   * {@code int param_get_charp(char *buffer, const struct kernel_param *kp)}: {@code (null)} for
   * null.
   *
   * @return bytes appended
   */
  public static int param_get_charp(StringBuilder buffer, KernelParam kp) {
    Object value = kp.__load();
    return append(buffer, value == null ? "(null)" : (String) value);
  }

  /**
   * {@code int param_set_bool(const char *val, const struct kernel_param *kp)}: as {@link
   * Kstrtox#kstrtobool}; null is true.
   *
   * @return 0 or -EINVAL
   */
  public static int param_set_bool(String val, KernelParam kp) {
    boolean[] value = {true};
    int error = val == null ? 0 : Kstrtox.kstrtobool(val, value);
    if (error == 0) {
      kp.__store(value[0]);
    }
    return error;
  }

  /**
   * {@code int param_get_bool(char *buffer, const struct kernel_param *kp)}: {@code Y} or {@code
   * N}.
   *
   * @return bytes appended
   */
  public static int param_get_bool(StringBuilder buffer, KernelParam kp) {
    return append(buffer, (Boolean) kp.__load() ? "Y" : "N");
  }

  /**
   * {@code int param_set_bool_enable_only(const char *val, const struct kernel_param *kp)}: once
   * true, always true.
   *
   * @return 0, -EINVAL or -EROFS
   */
  public static int param_set_bool_enable_only(String val, KernelParam kp) {
    boolean[] value = new boolean[1];
    int error = param_set_bool(val, new KernelParam(kp, value));
    if (error != 0) {
      return error;
    }
    if (!value[0] && (Boolean) kp.__load()) {
      return -EROFS;
    }
    kp.__store(value[0]);
    return 0;
  }

  /**
   * {@code int param_set_invbool(const char *val, const struct kernel_param *kp)}: the opposite of
   * what it says.
   *
   * @return 0 or -EINVAL
   */
  public static int param_set_invbool(String val, KernelParam kp) {
    boolean[] value = new boolean[1];
    int error = val == null ? -EINVAL : Kstrtox.kstrtobool(val, value);
    if (error == 0) {
      kp.__store(!value[0]);
    }
    return error;
  }

  /**
   * {@code int param_get_invbool(char *buffer, const struct kernel_param *kp)}: {@code N} or {@code
   * Y}.
   *
   * @return bytes appended
   */
  public static int param_get_invbool(StringBuilder buffer, KernelParam kp) {
    return append(buffer, (Boolean) kp.__load() ? "N" : "Y");
  }

  /**
   * {@code int param_set_bint(const char *val, const struct kernel_param *kp)}: as {@link
   * #param_set_bool}, into an int; it is read by {@link #param_get_int}.
   *
   * @return 0 or -EINVAL
   */
  public static int param_set_bint(String val, KernelParam kp) {
    boolean[] value = new boolean[1];
    int error = param_set_bool(val, new KernelParam(kp, value));
    if (error == 0) {
      kp.__storeNumber(value[0] ? 1 : 0);
    }
    return error;
  }

  /**
   * {@code int param_set_copystring(const char *val, const struct kernel_param *kp)}: into a
   * buffer, which is a byte[], or a String with a greatest length.
   *
   * @return 0, -EINVAL or -ENOSPC
   */
  public static int param_set_copystring(String val, KernelParam kp) {
    if (val == null) {
      return -EINVAL;
    }
    byte[] text = bytes(val);
    if (text.length >= kp.__maxlen) {
      pr_err("%s: string doesn't fit in %u chars.\n", kp.name, kp.__maxlen - 1);
      return -ENOSPC;
    }
    if (kp.__load() instanceof byte[]) {
      byte[] buffer = (byte[]) kp.__load();
      System.arraycopy(text, 0, buffer, 0, text.length);
      Arrays.fill(buffer, text.length, buffer.length, (byte) 0);
    } else {
      kp.__store(val);
    }
    return 0;
  }

  /**
   * {@code int param_get_string(char *buffer, const struct kernel_param *kp)}: what is in the
   * buffer, up to a NUL.
   *
   * @return bytes appended
   */
  public static int param_get_string(StringBuilder buffer, KernelParam kp) {
    Object value = kp.__load();
    if (!(value instanceof byte[])) {
      return append(buffer, value == null ? "" : (String) value);
    }
    String text = new String((byte[]) value, StandardCharsets.UTF_8);
    int nul = text.indexOf('\0');
    return append(buffer, nul < 0 ? text : text.substring(0, nul));
  }

  private static int setSigned(String val, KernelParam kp, int bits) {
    long[] value = new long[1];
    int error = val == null ? -EINVAL : Kstrtox.kstrtoll(val, 0, value);
    int unused = Long.SIZE - bits;
    return error != 0 ? error : store(kp, value[0], value[0] << unused >> unused);
  }

  private static int setUnsigned(String val, KernelParam kp, int bits) {
    long[] value = new long[1];
    int error = val == null ? -EINVAL : Kstrtox.kstrtoull(val, 0, value);
    int unused = Long.SIZE - bits;
    return error != 0 ? error : store(kp, value[0], value[0] << unused >>> unused);
  }

  private static int store(KernelParam kp, long value, long kept) {
    if (kept != value) {
      return -ERANGE;
    }
    kp.__storeNumber(value);
    return 0;
  }

  private static int appendUnsigned(StringBuilder buffer, KernelParam kp, int bits) {
    int unused = Long.SIZE - bits;
    long value = ((Number) kp.__load()).longValue() << unused >>> unused;
    return append(buffer, Long.toUnsignedString(value));
  }

  /** {@code scnprintf(buffer, PAGE_SIZE, "%s\n", text)}. */
  private static int append(StringBuilder buffer, String text) {
    return Sprintf.scnprintf(buffer, PAGE_SIZE, "%s\n", text);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
