package jiffy.runtime.proc;

import java.nio.charset.StandardCharsets;
import jiffy.runtime.Machine;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.AfterEach;

/** What the tests of seq_file share. */
abstract class SeqFixture {
  final TestKernel kernel;
  final Machine machine;

  /** The reader. */
  final Attachment test;

  SeqFixture(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
    test = kernel.self;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  /** What one read of so many bytes gets; an error as its number. */
  String read(OpenFile file, int count) {
    byte[] into = new byte[count];
    long got = file.read(test.context(), into, count);
    return got < 0 ? Long.toString(got) : new String(into, 0, (int) got, StandardCharsets.UTF_8);
  }
}
