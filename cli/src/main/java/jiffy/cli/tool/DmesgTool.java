package jiffy.cli.tool;

import java.io.IOException;
import jiffy.cli.dmesg.Dmesg;
import jiffy.cli.dmesg.print.Client;
import jiffy.cli.dmesg.record.KernelLogControl;
import jiffy.cli.dmesg.record.RecordSource;

/** {@code dmesg}, on the log of the kernel that is there; without one, on files only. */
final class DmesgTool implements Tool {
  @Override
  public int run(Invocation call) {
    Client client =
        new Client(
            call.environment(), call.directory(), call.terminal(), call.stdout(), call.stderr());
    boolean none = call.kernel() == null;
    RecordSource source = none ? new NoLog(call) : new Log(call);
    KernelLogControl control = none ? new NoLog(call) : call.kernel().logControl();
    return new Dmesg(source, control).run(client, call.arguments());
  }

  @Override
  public String errorPrefix() {
    return "dmesg: ";
  }

  /** The log as this user sees it. */
  private record Log(Invocation call) implements RecordSource {
    @Override
    public Reading open(Start start) throws IOException {
      RunningKernel.From from =
          start == Start.NEWEST ? RunningKernel.From.NEWEST : RunningKernel.From.CLEAR_MARK;
      return call.kernel().log(from, call.user());
    }

    @Override
    public long bootEpochMicros() {
      return call.kernel().bootEpochMicros();
    }
  }

  /** There is no kernel: what needs its log fails, what needs none goes on. */
  private record NoLog(Invocation call) implements RecordSource, KernelLogControl {
    private IOException reason() {
      return new IOException(new Invocation.NoKernelException(call.stateDirectory()).getMessage());
    }

    @Override
    public Reading open(Start start) throws IOException {
      throw reason();
    }

    @Override
    public long bootEpochMicros() {
      return 0;
    }

    @Override
    public void clear() throws IOException {
      throw reason();
    }

    @Override
    public void consoleOff() throws IOException {
      throw reason();
    }

    @Override
    public void consoleOn() throws IOException {
      throw reason();
    }

    @Override
    public void consoleLevel(int level) throws IOException {
      throw reason();
    }
  }
}
