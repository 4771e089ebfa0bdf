package samples.kerneltimer;

/** {@code typedef void (*TTimerCallback)(unsigned long);} */
@FunctionalInterface
public interface TTimerCallback {
  /** Called in softirq context each time the timer expires. */
  void call(long user_data);
}
