/**
 * Records of a kernel log and where they come from.
 *
 * <p>A {@link jiffy.cli.dmesg.record.RecordSource} gives {@link jiffy.cli.dmesg.record.KmsgRecord}s
 * of a running kernel, of one that died, or of a file; {@link jiffy.cli.dmesg.record.MessageParser}
 * makes messages of them. Uses nothing else of dmesg.
 */
package jiffy.cli.dmesg.record;
