package samples.semprobe;

import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Err.ERR_PTR;
import static jiffy.linux.Errno.ENOMEM;
import static jiffy.linux.HexDump.*;
import static jiffy.linux.Irqflags.local_irq_disable;
import static jiffy.linux.Irqflags.local_irq_enable;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Printk.*;
import static jiffy.linux.PrintkLimits.*;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jiffy.types.TimerList;

/** printk.c: what becomes of messages, formats, and what prints once or seldom. */
final class SpPrintk {
  private static final String KBUILD_MODNAME = "semprobe";
  private static final String PR_FMT = KBUILD_MODNAME + "-fmt: ";

  private static final byte[] hx =
      Arrays.copyOf(
          "ABCDEFGHIJ\0\1\2\u00ff xyz0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1), 40);

  private static final StringBuilder big = new StringBuilder();
  private static final TimerList pt = new TimerList();

  private SpPrintk() {}

  private static void ptf(TimerList t) {
    printk("Q:from timer callback\n");
    printk(KERN_INFO + "Q:cont in timer A");
    printk(KERN_CONT + " B\n");
  }

  static void sp_printk() {
    int i;
    levels();
    empties_and_continuations();
    texts();
    longs();
    pr_emerg(PR_FMT + "Q41 pr_emerg\n");
    pr_err(PR_FMT + "Q42 pr_err with pr_fmt\n");
    pr_warn(PR_FMT + "Q43 pr_warn\n");
    pr_notice(PR_FMT + "Q44 pr_notice\n");
    pr_info(PR_FMT + "Q45 pr_info\n");
    pr_debug(PR_FMT + "Q46 pr_debug (dynamic debug off)\n");
    pr_devel(PR_FMT + "Q47 pr_devel\n");
    pr_info(PR_FMT + "Q48 pr_info then pr_cont");
    pr_cont(" ..pr_cont\n");
    for (i = 0; i < 3; i++) {
      printk_once(KERN_INFO + "Q49 once %d\n", i);
    }
    for (i = 0; i < 3; i++) {
      pr_info_once(PR_FMT + "Q50 pr_info_once %d\n", i);
    }
    for (i = 0; i < 25; i++) {
      printk_ratelimited(KERN_INFO + "Q51 ratelimited %d\n", i);
    }
    msleep(5200);
    for (i = 25; i < 27; i++) {
      printk_ratelimited(KERN_INFO + "Q51 ratelimited %d\n", i);
    }
    for (i = 0; i < 30; i++) {
      pr_info_ratelimited(PR_FMT + "Q52 rl %d\n", i);
    }
    msleep(5200);
    for (i = 0; i < 14; i++) {
      int k;
      for (k = 0; k < (i == 13 ? 0 : 1); k++) {
        pr_warn_ratelimited(PR_FMT + "Q53 warn rl %d\n", i);
      }
      if (i == 11) {
        msleep(5200);
      }
    }
    dumps();
    timer_setup(pt, SpPrintk::ptf, 0);
    mod_timer(pt, jiffies() + 2);
    msleep(50);
    del_timer_sync(pt);
    local_irq_disable();
    printk(KERN_INFO + "Q60 with irqs off\n");
    local_irq_enable();
    printk(KERN_INFO + "Q62 last\n");
  }

  private static void levels() {
    printk("Q01 no level\n");
    printk(KERN_EMERG + "Q02 emerg\n");
    printk(KERN_ALERT + "Q03 alert\n");
    printk(KERN_CRIT + "Q04 crit\n");
    printk(KERN_ERR + "Q05 err\n");
    printk(KERN_WARNING + "Q06 warning\n");
    printk(KERN_NOTICE + "Q07 notice\n");
    printk(KERN_INFO + "Q08 info\n");
    printk(KERN_DEBUG + "Q09 debug\n");
    printk(KERN_DEFAULT + "Q10 default\n");
    printk("<3>Q11 old style prefix\n");
    printk("\0015Q12 SOH 5 by hand\n");
    printk("\001" + "8Q13 SOH 8\n");
    printk("\001" + "xQ14 SOH x\n");
    printk(KERN_INFO + KERN_ERR + "Q15 two levels info,err\n");
  }

  private static void empties_and_continuations() {
    printk(KERN_ERR + "\n");
    printk("");
    printk(KERN_INFO + "");
    printk("\n\n");
    printk(KERN_INFO + "Q16 after empties\n");
    printk(KERN_INFO + "Q17 no newline");
    printk(KERN_INFO + "Q18 next record after missing newline\n");
    printk(KERN_INFO + "Q19 cont start:");
    for (int i = 0; i < 3; i++) {
      printk(KERN_CONT + " part%d", i);
    }
    printk(KERN_CONT + " end\n");
    printk(KERN_INFO + "Q20 cont without level start:");
    printk(" implicit?");
    printk("\n");
    printk(KERN_INFO + "Q21 complete\n");
    printk(KERN_CONT + "Q21b KERN_CONT after a complete line\n");
    printk(KERN_INFO + "Q22 open line");
    printk(KERN_ERR + "Q23 other level interrupts");
    printk(KERN_CONT + " Q23cont\n");
    printk(KERN_INFO + "Q24 line one\nQ24 line two\nQ24 line three\n");
    printk(KERN_INFO + "Q25 trailing blank line\n\n");
    printk(KERN_INFO + "\nQ26 leading newline\n");
    printk(KERN_INFO + "Q27 a\n" + KERN_ERR + "Q27 b embedded level\n");
  }

  private static void texts() {
    printk(KERN_INFO + "Q28 tab\there bell\7 esc\033[31mred\033[0m cr\rX bs\\ del\177 nul-less\n");
    // In C all of it is in the literal; what is no UTF-8 is no text in Java
    byte[] invalid = {(byte) 0xff, (byte) 0xfe};
    printk(KERN_INFO + "Q29 utf8 \u00e9 \u20ac \ud83d\ude00 invalid %s\n", invalid);
    printk(KERN_INFO + "Q30 percent %% quote \" backslash \\ n\\n\n");
    printk(KERN_INFO + "Q31 null string %s\n", (Object) null);
    int r = printk("Q32 return value\n");
    printk(KERN_INFO + "Q33 printk returned %d for 17 chars incl newline\n", r);
    r = printk(KERN_INFO + "Q34\n");
    printk(KERN_INFO + "Q35 returned %d for 'Q34\\n' with KERN_INFO\n", r);
  }

  private static void longs() {
    int r;
    for (int i = 0; i < 3; i++) {
      int[] n = {900, 1100, 3000};
      memset((char) ('a' + i), n[i] - 1);
      big.replace(0, 9, "Q36 long ");
      r = printk(KERN_INFO + "%sEND\n", big);
      printk(KERN_INFO + "Q37 long message of %d+3+newline returned %d\n", n[i] - 1, r);
    }
    memset('m', 1500);
    for (int i = 99; i < 1500; i += 100) {
      big.setCharAt(i, '\n');
    }
    big.replace(0, 4, "Q38 ");
    r = printk(KERN_INFO + "%s", big);
    printk(KERN_INFO + "Q39 long multi-line 1500 returned %d\n", r);
    printk(KERN_INFO + "Q40 long cont: ");
    for (int i = 0; i < 30; i++) {
      printk(KERN_CONT + "0123456789012345678901234567890123456789-%02d-", i);
    }
    printk(KERN_CONT + "\n");
  }

  /** And big[n] = 0. */
  private static void memset(char c, int n) {
    big.setLength(0);
    big.append(String.valueOf(c).repeat(n));
  }

  private static void dumps() {
    print_hex_dump(KERN_INFO, "Q54 ", DUMP_PREFIX_OFFSET, 16, 1, hx, 40, true);
    print_hex_dump(KERN_INFO, "Q55 ", DUMP_PREFIX_NONE, 32, 4, hx, 40, false);
    print_hex_dump_bytes("Q56 ", DUMP_PREFIX_OFFSET, hx, 20);
    Runnable sp_printk = (Runnable & Serializable) SpPrintk::sp_printk;
    printk(
        KERN_INFO + "Q57 %%p=%p %%px %%pK hashed; %%pS=%pS %%ps=%ps %%pe=%pe %%pB\n",
        big,
        sp_printk,
        sp_printk,
        ERR_PTR(-ENOMEM));
    printk(
        KERN_INFO
            + "Q58 [%5d] [%-5d] [%05d] [%#x] [%+d] [% d] [%lld] [%llu] [%hhu] [%c] [%.3s] [%*d]"
            + " [%zu]\n",
        42,
        42,
        42,
        255,
        42,
        42,
        -1L,
        ~0L,
        300 & 0xff,
        'x',
        "abcdef",
        6,
        7,
        Integer.BYTES);
    printk(KERN_INFO + "Q59 %%pd... %pM %pI4 %*ph\n", hx, hx, 5, hx);
    dump_stack();
  }
}
