package jiffy.benchmarks.printk;

import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;

import jiffy.runtime.Machine;

/** A kernel's log, the default size. */
final class PrintkTarget implements Target {
  private final boolean asText;
  private final Machine machine = Machine.boot("hz=250 nr_cpus=2 loglevel=0");

  /**
   * @param asText a conversion with which the text is made by who prints, not by who reads
   */
  PrintkTarget(boolean asText) {
    this.asText = asText;
  }

  @Override
  public Writer writer() {
    machine.attach("bench"); // for the rest of the thread's life
    return asText
        ? number -> printk(KERN_INFO + TEXT + "%1d\n", number)
        : number -> printk(KERN_INFO + TEXT + "%d\n", number);
  }

  @Override
  public void close() {
    machine.close();
  }
}
