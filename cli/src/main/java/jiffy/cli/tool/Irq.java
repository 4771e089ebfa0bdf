package jiffy.cli.tool;

import java.util.ArrayList;
import java.util.List;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;
import jiffy.linux.Errno;
import jiffy.linux.Interrupts;

/** {@code jiffy irq N...}: interrupts the kernel, as devices on these lines would. */
final class Irq implements Tool {
  @Override
  public int run(Invocation call) throws GoneException, NoKernelException {
    if (call.arguments().isEmpty()) {
      call.err(errorPrefix() + "missing line number: try 'jiffy cat /proc/interrupts'\n");
      return 1;
    }
    List<Integer> lines = new ArrayList<>();
    for (String word : call.arguments()) {
      if (word.matches("[0-9]{1,9}")) {
        lines.add(Integer.valueOf(word));
      } else {
        call.err(errorPrefix() + "'" + word + "' is not the number of an interrupt line\n");
      }
    }
    if (lines.size() < call.arguments().size()) {
      return 1;
    }
    RunningKernel kernel = call.needKernel();
    int status = 0;
    for (int irq : lines) {
      int result = kernel.raiseIrq(irq);
      if (result != 0) {
        status = 1;
        call.err(errorPrefix() + irq + ": " + reason(result) + "\n");
      }
    }
    return status;
  }

  private static String reason(int result) {
    return switch (-result) {
      case Errno.ENXIO -> "nobody has requested this line: see 'jiffy cat /proc/interrupts'";
      case Errno.EINVAL -> "there is no such line: they are 0 to " + (Interrupts.NR_IRQS - 1);
      default -> Strerror.of(-result);
    };
  }

  @Override
  public String errorPrefix() {
    return "irq: ";
  }
}
