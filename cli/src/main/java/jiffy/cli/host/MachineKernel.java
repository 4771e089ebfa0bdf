package jiffy.cli.host;

/** A real machine under the tools. */
final class MachineKernel {
  private MachineKernel() {}

  static HostedKernel boot(String commandLine, Runnable halt) {
    throw new IllegalArgumentException("there is no machine yet");
  }
}
