/**
 * Messages on a terminal, in a pager or as JSON.
 *
 * <p>Start reading at {@link jiffy.cli.dmesg.print.Printer}. Uses the records and their times.
 */
package jiffy.cli.dmesg.print;
