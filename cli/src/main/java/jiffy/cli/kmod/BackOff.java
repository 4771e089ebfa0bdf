package jiffy.cli.kmod;

/** Pauses of 1, 2, 4 ... milliseconds, together no longer than allowed. One thread. */
final class BackOff {
  private int left;
  private int pause = 1;

  BackOff(int allowedMillis) {
    left = allowedMillis;
  }

  /** The next pause; 0: there is none any more. The last one is cut to what is left. */
  int next() {
    int now = Math.min(pause, left);
    left -= now;
    pause = Math.min(2 * pause, 1 << 20);
    return now;
  }
}
