/** Example: a client with retries and timeouts on a ScheduledExecutorService, and its test. */
package jiffy.testkit.example.retry;
