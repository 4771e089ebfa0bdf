package jiffy.runtime.arch;

/**
 * Decides who goes on wherever a simulation could go on in more than one way: at each {@link
 * Arch#choicePoint}, and whenever the running thread gives up its turn.
 *
 * <p>Called by the thread that comes to the point, with the world stopped: one call at a time. It
 * must not call into the machine, and must decide by nothing but what it is given and its own seed:
 * then the same policy makes the same run.
 */
public interface SchedulePolicy {
  /** The run is given up: a driver gets a {@link SimStalledException}, wherever it is. */
  int STOP = -1;

  /**
   * @param choice where it is and who could go on
   * @return which: 0 to {@link Choice#count} - 1; 0 is what happens without a policy. Or {@link
   *     #STOP}
   */
  int choose(Choice choice);

  /**
   * For how long at most a thread that could take its next step may be held up, in ns of virtual
   * time: as long as the next deadline is not further away, {@link Choice#isHoldUp} is among the
   * choices. 0: time stands still while anybody can run.
   */
  default long holdUpNanos() {
    return 0;
  }
}
