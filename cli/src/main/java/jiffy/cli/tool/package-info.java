/**
 * The tools as they run inside the host: a command's words in, text and an exit status out.
 *
 * <p>Door: {@link jiffy.cli.tool.Toolbox}. A tool runs on a task of the kernel it looks at, one
 * object serves all; it holds no lock while it writes, for its client may be slow. Without a kernel
 * (in the client's JVM) each does what needs none. Follows kmod's {@code tools/} for insmod, rmmod,
 * lsmod; texts and statuses are theirs, to the letter.
 */
package jiffy.cli.tool;
