/**
 * The control socket as both ends see it: where it is, what is said on it.
 *
 * <p>Doors: {@link jiffy.cli.wire.StateDirectory} (paths, who holds them) and {@link
 * jiffy.cli.wire.Request} with {@link jiffy.cli.wire.Frame} (the protocol, described there). Any
 * thread may call; nothing is shared, no locks. Loaded by the thin client, so nothing here uses
 * more than {@code java.base}.
 */
package jiffy.cli.wire;
