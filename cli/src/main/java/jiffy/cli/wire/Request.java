package jiffy.cli.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the client asks: one command, and for whom. Sent once a connection, in one piece:
 *
 * <pre>
 *   int    magic        'J' 'I' 'F' 'Y'
 *   short  version      {@link #VERSION}
 *   int    length       of the rest, at most {@link #MAX_BODY}; big endian as all numbers
 *   byte   flags        1 = standard output is a terminal
 *   string directory    where relative file names start; a string is an int length and UTF-8 bytes
 *   int    count        of words
 *   string word[count]  the command first
 *   int    count        of variables
 *   string name, value  [count]
 * </pre>
 *
 * <p>The server answers in {@link Frame}s. A client hangs up by closing the connection, which dying
 * does for it; whatever else it sends after its request is a breach of the protocol. Magic, version
 * and length stay where they are in every version.
 *
 * @param terminal whether standard output is a terminal
 * @param directory the client's working directory, absolute
 * @param words the command and its arguments
 * @param environment the variables of {@link #VARIABLES} that are set
 */
public record Request(
    boolean terminal, String directory, List<String> words, Map<String, String> environment) {
  /** Goes up with each change to the body. */
  public static final int VERSION = 1;

  /** Bytes before the body. */
  public static final int HEADER = 10;

  /** The longest body: a command line that the system would take is shorter. */
  public static final int MAX_BODY = 4 << 20;

  /** What is sent of the client's environment. */
  public static final List<String> VARIABLES =
      List.of(
          "TZ",
          "LC_ALL",
          "LC_CTYPE",
          "LANG",
          "TERM",
          "NO_COLOR",
          "HOME",
          "XDG_CONFIG_HOME",
          "COLUMNS",
          "DMESG_TEST_BOOTIME",
          "MODPROBE_OPTIONS",
          "JIFFY_MODULES");

  private static final int MAGIC = 0x4a494659;
  private static final byte TERMINAL = 1;
  private static final int MAX_COUNT = 65_536;

  /** Takes copies. */
  public Request {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  /** Header and body, ready to be written. */
  public ByteBuffer encode() throws ProtocolException {
    List<byte[]> strings = new ArrayList<>();
    long length = 1 + Integer.BYTES + Integer.BYTES;
    length += add(strings, directory);
    for (String word : words) {
      length += add(strings, word);
    }
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      length += add(strings, variable.getKey());
      length += add(strings, variable.getValue());
    }
    if (length > MAX_BODY) {
      throw new ProtocolException(
          "the command line has " + length + " bytes: at most " + MAX_BODY + " can be sent");
    }
    ByteBuffer out = ByteBuffer.allocate(HEADER + (int) length);
    out.putInt(MAGIC).putShort((short) VERSION).putInt((int) length);
    out.put(terminal ? TERMINAL : 0);
    int next = 0;
    put(out, strings.get(next++));
    out.putInt(words.size());
    for (int i = 0; i < words.size(); i++) {
      put(out, strings.get(next++));
    }
    out.putInt(environment.size());
    while (next < strings.size()) {
      put(out, strings.get(next++));
    }
    return out.flip();
  }

  private static int add(List<byte[]> strings, String string) {
    byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
    strings.add(bytes);
    return Integer.BYTES + bytes.length;
  }

  private static void put(ByteBuffer out, byte[] bytes) {
    out.putInt(bytes.length).put(bytes);
  }

  /**
   * Looks at the first {@link #HEADER} bytes of a request.
   *
   * @return the length of the body that follows
   * @throws ProtocolException if this server cannot go on; the message is for the client's user
   */
  public static int bodyLength(ByteBuffer header) throws ProtocolException {
    int magic = header.getInt();
    int version = header.getShort() & 0xffff;
    int length = header.getInt();
    if (magic != MAGIC) {
      throw new ProtocolException("this is Jiffy's control socket, and that was no request");
    }
    if (version != VERSION) {
      throw new ProtocolException(
          "this client speaks version "
              + version
              + " of the control protocol, the running kernel version "
              + VERSION
              + ": halt and boot again with the scripts of one build");
    }
    if (length < 0 || length > MAX_BODY) {
      throw new ProtocolException(
          "a request of " + (length & 0xffff_ffffL) + " bytes: at most " + MAX_BODY + " are taken");
    }
    return length;
  }

  /** Reads a body; nothing in it is trusted. */
  public static Request decode(ByteBuffer body) throws ProtocolException {
    if (!body.hasRemaining()) {
      throw new ProtocolException("an empty request");
    }
    boolean terminal = (body.get() & TERMINAL) != 0;
    String directory = string(body);
    int wordCount = count(body);
    List<String> words = new ArrayList<>(wordCount);
    for (int i = 0; i < wordCount; i++) {
      words.add(string(body));
    }
    int variableCount = count(body);
    Map<String, String> environment = new LinkedHashMap<>();
    for (int i = 0; i < variableCount; i++) {
      environment.put(string(body), string(body));
    }
    if (words.isEmpty()) {
      throw new ProtocolException("a request without a command");
    }
    if (body.hasRemaining()) {
      throw new ProtocolException(body.remaining() + " bytes too many in a request");
    }
    return new Request(terminal, directory, words, environment);
  }

  private static int count(ByteBuffer body) throws ProtocolException {
    int count = number(body);
    // Each string takes at least its length's four bytes: no room is made for what cannot be there.
    if (count > MAX_COUNT || count > body.remaining() / Integer.BYTES) {
      throw new ProtocolException("a request with a list of " + count + " strings");
    }
    return count;
  }

  private static String string(ByteBuffer body) throws ProtocolException {
    int length = number(body);
    if (length > body.remaining()) {
      throw new ProtocolException("a request with a string beyond its end");
    }
    String string =
        new String(
            body.array(), body.arrayOffset() + body.position(), length, StandardCharsets.UTF_8);
    body.position(body.position() + length);
    return string;
  }

  private static int number(ByteBuffer body) throws ProtocolException {
    if (body.remaining() < Integer.BYTES) {
      throw new ProtocolException("a request that ends early");
    }
    int number = body.getInt();
    if (number < 0) {
      throw new ProtocolException("a request with a negative length");
    }
    return number;
  }
}
