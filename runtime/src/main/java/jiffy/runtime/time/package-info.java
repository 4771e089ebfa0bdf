/**
 * Jiffies and timers.
 *
 * <p>Door: {@link jiffy.runtime.time.Timekeeping}; the structure is {@link
 * jiffy.runtime.time.TimerWheel}, one a CPU. Any context may arm; callbacks run in softirq context.
 * One lock a CPU, {@code TimerBase}: never two at a time, nothing is taken under it. Follows Linux
 * 6.1's {@code kernel/time/timer.c}.
 */
package jiffy.runtime.time;
