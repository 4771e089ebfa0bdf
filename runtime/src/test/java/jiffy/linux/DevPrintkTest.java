package jiffy.linux;

import static jiffy.linux.DevPrintk.*;
import static jiffy.linux.Devices.*;
import static jiffy.linux.Kdev.*;
import static jiffy.linux.Printk.KERN_NOTICE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Device;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A driver's messages: what they begin with, and the dictionary of the record. */
class DevPrintkTest {
  private final Machine machine = Machine.simulate("");
  private final Attachment self = machine.attach("test");
  private final LogReader reader = machine.log().ring().reader();

  {
    reader.seekEnd();
  }

  @AfterEach
  void close() {
    self.close();
    machine.close();
  }

  /** Level, text and dictionary of each record. */
  private List<String> records() {
    List<String> records = new ArrayList<>();
    LogRecord record = new LogRecord();
    while (reader.read(record)) {
      String dictionary = " [" + record.subsystem() + "] [" + record.device() + "]";
      records.add(record.level() + " " + record.text() + dictionary);
    }
    return records;
  }

  private static Device device(String driver, String bus, String class_, int devt) {
    Device dev = new Device();
    dev.driver = driver;
    dev.bus = bus;
    dev.class_ = class_;
    dev.devt = devt;
    dev_set_name(dev, "dev%d", 7);
    return dev;
  }

  @Test
  void dev_info_ofEachKindOfDevice_hasItsDictionary() {
    dev_info(device("e1000", "pci", null, 0), "link %s\n", "up");
    dev_warn(device(null, "platform", "misc", MKDEV(127, 3)), "n = %d, %d, %d\n", 1, 2, 3);
    dev_err(device("sd", "scsi", "block", MKDEV(12, 8)), "gone\n");
    Device net = device(null, null, "net", 0);
    net.ifindex = 8;
    dev_notice(net, "no carrier\n");
    dev_crit(device(null, null, null, 0), "of nothing\n");
    assertThat(records())
        .containsExactly(
            "6 e1000 dev7: link up [pci] [+pci:dev7]",
            "4 platform dev7: n = 1, 2, 3 [misc] [c127:3]",
            "3 sd dev7: gone [block] [b12:8]",
            "5 net dev7: no carrier [net] [n8]",
            "2  dev7: of nothing [] []");
  }

  @Test
  void dev_printk_atEachLevel_hasIt() {
    Device dev = device("d", null, null, 0);
    dev_emerg(dev, "0\n");
    dev_alert(dev, "1\n");
    dev_printk(KERN_NOTICE, dev, "5\n");
    dev_printk("", dev, "default\n");
    dev_printk(null, dev, "default\n");
    dev_dbg(dev, "off\n");
    dev_vdbg(dev, "off\n");
    assertThat(records())
        .containsExactly(
            "0 d dev7: 0 [] []",
            "1 d dev7: 1 [] []",
            "5 d dev7: 5 [] []",
            "4 d dev7: default [] []",
            "4 d dev7: default [] []");
  }

  @Test
  void dev_info_ofWhatIsNotThere_saysSo() {
    dev_info(null, "n = %d\n", 1);
    dev_info(new Device(), "100%% of %s\n", (Object[]) null);
    assertThat(records())
        .containsExactly("6 (NULL device *): n = 1 [] []", "6  (null): 100% of (null) [] []");
  }

  @Test
  void dev_info_withLongNames_cutsThemAsLinuxDoes() {
    Device dev = device(null, "a".repeat(20), null, 0);
    dev_set_name(dev, "%s", "b".repeat(60));
    dev_info(dev, "x\n");
    assertThat(records().get(0))
        .endsWith(" [" + "a".repeat(15) + "] [+" + "a".repeat(20) + ":" + "b".repeat(25) + "]");
  }

  @Test
  void numbers_ofDevices_areTwelveAndTwentyBits() {
    assertThat(MAJOR(MKDEV(4095, 1048575))).isEqualTo(4095);
    assertThat(MINOR(MKDEV(4095, 1048575))).isEqualTo(1048575);
    assertThat(MKDEV(1, 3)).isEqualTo(0x100003);
  }
}
