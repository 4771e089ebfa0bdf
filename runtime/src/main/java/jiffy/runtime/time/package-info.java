/**
 * Jiffies, timers and high-resolution timers.
 *
 * <p>Doors: {@link jiffy.runtime.time.Timekeeping}, whose structure is {@link
 * jiffy.runtime.time.TimerWheel}, one a CPU; {@link jiffy.runtime.time.Hrtimers}, whose structure
 * is {@link jiffy.runtime.time.HrtimerTree}. Any context may arm; callbacks run in softirq context,
 * those of hard hrtimers in hard interrupt context. A lock a {@code TimerBase} and a {@code
 * HrtimerBase}: never two at a time, nothing is taken under it. Follows Linux 6.1's {@code
 * kernel/time/timer.c} and {@code hrtimer.c}.
 */
package jiffy.runtime.time;
