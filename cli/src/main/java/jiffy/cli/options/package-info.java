/**
 * Command lines as getopt_long(3) reads them, of options that are declared to picocli. Door: {@link
 * jiffy.cli.options.Getopt}, for every tool that answers to a Linux name. No state beyond one
 * command line; any thread.
 */
package jiffy.cli.options;
