/** Jiffies, the timer wheel, hrtimers, schedule_timeout and msleep. */
package jiffy.runtime.time;
