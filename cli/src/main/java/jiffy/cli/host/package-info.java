/**
 * The server's end: the JVM that holds a kernel, and the socket it is driven through.
 *
 * <p>Doors: {@link jiffy.cli.host.Host} (the program behind {@code jiffy run} and {@code boot}) and
 * {@link jiffy.cli.host.ControlServer}. One thread does all waiting for clients; each tool runs as
 * a task of the kernel and blocks, at most itself, on its own client. Lock order: a {@code
 * Session}'s turn, its lock; under those nothing is called but its channel.
 */
package jiffy.cli.host;
