package jiffy.cli.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import jiffy.cli.wire.Frame;
import jiffy.cli.wire.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ControlServerTest {
  /** A command: what it writes, and its status. */
  private interface Command {
    int run(Request request, Session session) throws Exception;
  }

  private record Answer(String out, String err, int status) {}

  @TempDir Path directory;

  private UnixDomainSocketAddress address;
  private ControlServer server;
  private volatile Command command = (request, session) -> 0;

  @BeforeEach
  void open() throws IOException {
    address = UnixDomainSocketAddress.of(directory.resolve("s"));
    server = ControlServer.open(address, this::start);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private void start(Request request, Session session, IntConsumer finish) {
    Thread thread =
        new Thread(
            () -> {
              int status = 99;
              try {
                status = command.run(request, session);
              } catch (Exception e) {
                status = 98;
              } finally {
                finish.accept(status);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static ByteBuffer request(String... words) throws IOException {
    return new Request(false, "/", List.of(words), Map.of()).encode();
  }

  private SocketChannel send(ByteBuffer bytes) throws IOException {
    SocketChannel channel = SocketChannel.open(address);
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException refusedMeanwhile) {
      // The answer tells.
    }
    return channel;
  }

  private static Answer read(SocketChannel channel) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (DataInputStream in = new DataInputStream(Channels.newInputStream(channel))) {
      while (true) {
        byte type = in.readByte();
        byte[] payload = in.readNBytes(in.readInt());
        if (type == Frame.EXIT) {
          return new Answer(
              out.toString(StandardCharsets.UTF_8),
              err.toString(StandardCharsets.UTF_8),
              ByteBuffer.wrap(payload).getInt());
        }
        (type == Frame.OUT ? out : err).write(payload);
      }
    }
  }

  /** What was never answered in frames. */
  private static final Answer NONE = new Answer("", "", -1);

  private Answer ask(ByteBuffer bytes) throws IOException {
    try (SocketChannel channel = send(bytes)) {
      return read(channel);
    } catch (EOFException e) {
      return NONE;
    }
  }

  private void itStillWorks() throws IOException {
    command = (request, session) -> 7;
    assertThat(ask(request("lsmod")).status()).isEqualTo(7);
  }

  /** Two users who are none of this machine's. */
  private record Stranger(String getName) implements UserPrincipal {}

  @Test
  void session_isPrivileged_forTheOwnerAndForRoot() throws IOException {
    List<Boolean> privileged = new CopyOnWriteArrayList<>();
    command =
        (request, session) -> {
          privileged.add(session.isPrivileged());
          return 0;
        };
    ask(request("dmesg"));
    UserPrincipal owner = Files.getOwner(directory);
    UserPrincipal root = new Stranger("root");
    Privilege privilege = new Privilege(owner, root);
    assertThat(privileged).as("whoever runs this test").containsExactly(true);
    assertThat(privilege.has(owner)).isTrue();
    assertThat(privilege.has(new Stranger("root"))).isTrue();
    assertThat(privilege.has(new Stranger("mallory"))).isFalse();
    assertThat(privilege.has(null)).as("nobody knows who").isFalse();
    assertThat(new Privilege(owner, null).has(null)).isFalse();
  }

  @Test
  void session_ofSomebodyElse_isNotPrivileged() throws IOException {
    server.close();
    Files.delete(address.getPath());
    Queue<UserPrincipal> clients =
        new ArrayDeque<>(List.of(new Stranger("mallory"), Files.getOwner(directory)));
    server = ControlServer.open(address, this::start, channel -> clients.remove());
    command = (request, session) -> session.isPrivileged() ? 1 : 0;
    assertThat(ask(request("dmesg")).status()).isZero();
    assertThat(ask(request("dmesg")).status()).isEqualTo(1);
  }

  @Test
  void open_makesASocketForItsOwnerOnly() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(address.getPath())))
        .isEqualTo("rw-------");
  }

  @Test
  void request_answered_bringsBothStreamsAndTheStatus() throws IOException {
    command =
        (request, session) -> {
          session.stream(Frame.OUT)
              .write(String.join(" ", request.words()).getBytes(StandardCharsets.UTF_8));
          session.stream(Frame.ERR).write('!');
          return 3;
        };
    assertThat(ask(request("lsmod", "-v"))).isEqualTo(new Answer("lsmod -v", "!", 3));
  }

  @Test
  void request_thatComesByteByByte_isTaken() throws IOException {
    command = (request, session) -> request.words().size();
    byte[] bytes = request("a", "b", "c").array();
    try (SocketChannel channel = SocketChannel.open(address)) {
      for (byte b : bytes) {
        channel.write(ByteBuffer.wrap(new byte[] {b}));
      }
      assertThat(read(channel).status()).isEqualTo(3);
    }
  }

  @Test
  void request_ofAnotherVersion_isRefusedInASentence() throws IOException {
    Answer answer = ask(request("lsmod").putShort(4, (short) 2));
    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.err()).startsWith("jiffy: this client speaks version 2").endsWith("\n");
    itStillWorks();
  }

  @Test
  void request_thatIsNone_harmsNobody() throws IOException {
    ByteBuffer http =
        ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    assertThat(ask(http).err()).contains("that was no request");
    assertThat(ask(request("x").putInt(6, Integer.MAX_VALUE)).err()).contains("at most");
    assertThat(ask(request("x").putInt(6, -1)).err()).contains("at most");
    assertThat(ask(request("x").putInt(11, 1 << 30)).err()).contains("beyond its end");
    assertThat(ask(request()).err()).contains("without a command");
    try (SocketChannel half = send(request("lsmod").limit(5))) {
      half.shutdownOutput();
      assertThat(half.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
    itStillWorks();
  }

  @Test
  void client_thatTalksOn_isHungUpOn() throws Exception {
    CountDownLatch hungUp = new CountDownLatch(1);
    command =
        (request, session) -> {
          session.onHangUp(hungUp::countDown);
          hungUp.await();
          return 0;
        };
    ByteBuffer once = request("dmesg", "-w");
    ByteBuffer more = ByteBuffer.allocate(once.remaining() + 1).put(once).put((byte) 0).flip();
    assertThat(ask(more)).isEqualTo(NONE);
    assertThat(hungUp.await(50, TimeUnit.SECONDS)).isTrue();
    itStillWorks();
  }

  @Test
  void client_thatGoes_endsItsCommandsWait() throws Exception {
    CompletableFuture<Boolean> hungUp = new CompletableFuture<>();
    CountDownLatch begun = new CountDownLatch(1);
    command =
        (request, session) -> {
          session.onHangUp(() -> hungUp.complete(session.hasHungUp()));
          begun.countDown();
          hungUp.get();
          return 0;
        };
    SocketChannel channel = send(request("dmesg", "-w"));
    begun.await();
    channel.close();
    assertThat(hungUp.get()).isTrue();
  }

  @Test
  void client_thatDoesNotRead_holdsUpItsOwnCommandOnly() throws Exception {
    CompletableFuture<Exception> failure = new CompletableFuture<>();
    CountDownLatch writing = new CountDownLatch(1);
    command =
        (request, session) -> {
          byte[] much = new byte[1 << 20];
          OutputStream out = session.stream(Frame.OUT);
          try {
            while (true) {
              out.write(much);
              writing.countDown();
            }
          } catch (IOException e) {
            failure.complete(e);
            throw e;
          }
        };
    try (SocketChannel channel = send(request("dmesg"))) {
      // Takes one piece, so that the second is on its way, and no more.
      ByteBuffer some = ByteBuffer.allocate((1 << 20) + 4096);
      while (some.hasRemaining()) {
        channel.read(some);
      }
      writing.await();
      itStillWorks();
      assertThat(failure).isNotDone();
    }
    // Who notices first that the client is gone, the reader of its end or the write under way.
    assertThat(failure.get().getMessage()).containsAnyOf("hung up", "Broken pipe", "reset");
  }

  @Test
  void output_longerThanAnyBuffer_arrivesWhole() throws IOException {
    byte[] much = new byte[3_000_001];
    for (int i = 0; i < much.length; i++) {
      much[i] = (byte) ('a' + i % 26);
    }
    command =
        (request, session) -> {
          session.stream(Frame.OUT).write(much);
          return 0;
        };
    assertThat(ask(request("dmesg")).out()).isEqualTo(new String(much, StandardCharsets.UTF_8));
  }

  @Test
  void close_hangsUpOnEverybody() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    command =
        (request, session) -> {
          session.onHangUp(ended::countDown);
          begun.countDown();
          ended.await();
          return 0;
        };
    try (SocketChannel waiting = send(request("dmesg", "-w"))) {
      begun.await();
      server.close();
      ended.await();
      assertThat(waiting.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void connections_aboveTheLimit_areToldSo() throws Exception {
    SocketChannel[] silent = new SocketChannel[ControlServer.MAX_SESSIONS];
    for (int i = 0; i < silent.length; i++) {
      silent[i] = SocketChannel.open(address);
    }
    try (SocketChannel last = SocketChannel.open(address)) {
      assertThat(read(last).err()).contains("commands are running");
    }
    for (SocketChannel channel : silent) {
      channel.close();
    }
    command = (request, session) -> 7;
    int status = 1;
    while (status == 1) { // it may hear of the next one before it hears of these ends
      status = ask(request("lsmod")).status();
    }
    assertThat(status).isEqualTo(7);
  }
}
