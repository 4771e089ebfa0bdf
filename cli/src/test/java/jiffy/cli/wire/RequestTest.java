package jiffy.cli.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RequestTest {
  private static Request roundTrip(Request request) throws ProtocolException {
    ByteBuffer bytes = request.encode();
    int length = Request.bodyLength(bytes);
    assertThat(bytes.remaining()).isEqualTo(length);
    ByteBuffer body = ByteBuffer.allocate(length).put(bytes).flip();
    return Request.decode(body);
  }

  @Test
  void decode_ofAnEncodedRequest_isThatRequest() throws ProtocolException {
    Request request =
        new Request(
            true,
            "/tmp/a b",
            List.of("insmod", "", "grüße.jar", "s=x\ny"),
            Map.of("TZ", "UTC", "LANG", ""));
    assertThat(roundTrip(request)).isEqualTo(request);
  }

  @Property
  void decode_ofAnyBytes_isARequestOrAProtocolError(@ForAll byte[] bytes) {
    try {
      assertThat(Request.decode(ByteBuffer.wrap(bytes))).isNotNull();
    } catch (ProtocolException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @Test
  void decode_ofEachPrefix_isAProtocolError() throws ProtocolException {
    ByteBuffer whole = new Request(false, "/tmp", List.of("lsmod"), Map.of("TZ", "UTC")).encode();
    byte[] body = new byte[whole.limit() - Request.HEADER];
    whole.position(Request.HEADER).get(body);
    for (int length = 0; length < body.length; length++) {
      ByteBuffer prefix = ByteBuffer.wrap(body, 0, length);
      assertThatExceptionOfType(ProtocolException.class)
          .as("%d of %d bytes", length, body.length)
          .isThrownBy(() -> Request.decode(prefix));
    }
  }

  @Test
  void decode_withAHugeCount_makesNoRoomForIt() {
    ByteBuffer body = ByteBuffer.allocate(13).put((byte) 0).putInt(0).putInt(Integer.MAX_VALUE);
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> Request.decode(body.flip()));
  }

  @Test
  void bodyLength_ofAnotherVersion_saysBothVersions() throws ProtocolException {
    ByteBuffer bytes = new Request(false, "/", List.of("lsmod"), Map.of()).encode();
    bytes.putShort(4, (short) 7);
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> Request.bodyLength(bytes))
        .withMessageContaining("version 7")
        .withMessageContaining("version " + Request.VERSION);
  }

  @Test
  void encode_ofTooMuch_isRefused() {
    Request request = new Request(false, "/", List.of("x".repeat(Request.MAX_BODY)), Map.of());
    assertThatExceptionOfType(ProtocolException.class).isThrownBy(request::encode);
  }
}
