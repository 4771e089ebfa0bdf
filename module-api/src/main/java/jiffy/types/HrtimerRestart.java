package jiffy.types;

/** {@code enum hrtimer_restart}: what an hrtimer's function wants to happen next. */
public enum HrtimerRestart {
  /** The timer is not started again by this return. */
  HRTIMER_NORESTART,

  /** The timer is started again for its expiry, which the function has moved forward. */
  HRTIMER_RESTART
}
