package jiffy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import jiffy.cli.wire.Frame;
import jiffy.cli.wire.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pager that a client starts for a tool. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TerminalTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

  private Terminal terminal(String pager) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("PAGER", pager);
    environment.keySet().removeAll(List.of("LESS", "LV"));
    return new Terminal(screen, environment);
  }

  private static void write(Terminal terminal, String text) throws IOException {
    terminal.write(text.getBytes(StandardCharsets.UTF_8));
    terminal.flush();
  }

  @Test
  void page_putsWhatFollowsThroughThePager_andWaitsForIt() throws Exception {
    Path shown = directory.resolve("shown");
    Terminal terminal = terminal("cat > '" + shown + "'; echo $LESS $LV >> '" + shown + "'");
    terminal.page();
    write(terminal, "one\n");
    write(terminal, "two\n");
    assertThat(terminal.finish(3)).isEqualTo(3);
    assertThat(shown).hasContent("one\ntwo\nFRSX -c\n");
    assertThat(screen.size()).isZero();
  }

  @Test
  void page_withoutAPager_changesNothing() throws Exception {
    for (String none : List.of("", " ", "cat", "no-such-pager-anywhere -x", "/no/such/pager")) {
      screen.reset();
      Terminal terminal = terminal(none);
      terminal.page();
      write(terminal, "one\n");
      assertThat(terminal.finish(1)).isEqualTo(1);
      assertThat(screen).as(none).hasToString("one\n");
    }
  }

  @Test
  void pagerThatIsLeft_isNoError() throws Exception {
    Terminal terminal = terminal("true");
    terminal.page();
    boolean broken = false;
    while (!broken) {
      try {
        write(terminal, "more than it reads\n");
      } catch (IOException pagerHasGone) {
        broken = true;
      }
    }
    assertThat(terminal.finish(Client.BROKEN_PIPE)).isZero();
  }

  /** The host asks for it with a frame. */
  @Test
  void call_startsThePagerThatTheHostAsksFor() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    Path shown = directory.resolve("shown");
    try (ServerSocketChannel host = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      host.bind(address);
      FutureTask<Void> answer =
          new FutureTask<>(
              () -> {
                try (SocketChannel session = host.accept()) {
                  byte[] text = "one\n".getBytes(StandardCharsets.UTF_8);
                  for (ByteBuffer frame :
                      List.of(
                          Frame.output(Frame.PAGE, new byte[0], 0, 0),
                          Frame.output(Frame.OUT, text, 0, text.length),
                          Frame.exit(0))) {
                    session.write(frame);
                  }
                }
                return null;
              });
      new Thread(answer).start();
      Terminal terminal = terminal("cat > '" + shown + "'");
      try (Call call = Call.connect(address)) {
        Request request = new Request(true, "/", List.of("dmesg", "-H"), Map.of());
        assertThat(terminal.finish(call.run(request, terminal, screen))).isZero();
      }
      answer.get();
    }
    assertThat(shown).hasContent("one\n");
    assertThat(screen.size()).isZero();
  }
}
