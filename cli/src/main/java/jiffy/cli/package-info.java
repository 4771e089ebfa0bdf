/**
 * What a user starts: the thin client, the table of commands, and {@code jiffy boot}.
 *
 * <p>Door: {@link jiffy.cli.Client}, a JVM for one command: it sends the words to the running
 * kernel and copies out what comes back, or says that no kernel runs. Nothing in here may load
 * picocli, Log4j or a kernel class on the way to the server: start-up time is all it has. One
 * thread, no locks. The tools are in {@code tool}, the server's end in {@code host}.
 */
package jiffy.cli;
