package jiffy.runtime.arch;

/** Unwinds a simulated thread when its machine is closed. Not to be caught; no stack trace. */
public final class SimHalt extends Error {
  private static final long serialVersionUID = 1L;

  SimHalt() {
    super("the simulated machine was switched off", null, false, false);
  }
}
