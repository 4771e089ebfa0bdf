/**
 * What a user says and sees of time: {@code --since}, {@code --time-format}, a message's stamp.
 *
 * <p>Start reading at {@link jiffy.cli.dmesg.time.TimeStamps}. Uses the records.
 */
package jiffy.cli.dmesg.time;
