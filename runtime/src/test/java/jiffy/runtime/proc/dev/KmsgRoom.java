package jiffy.runtime.proc.dev;

import static jiffy.linux.Errno.EAGAIN;
import static jiffy.linux.Fs.O_NONBLOCK;
import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Fs.O_WRONLY;
import static jiffy.linux.Fs.SEEK_END;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.context.Context;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Task;

/** A kernel whose log is read and written through its file. */
final class KmsgRoom implements AutoCloseable {
  static final String KMSG = "/dev/kmsg";

  /** A buffer that any record fits. */
  static final int ENOUGH = 8192;

  final TestKernel kernel;
  final Machine machine;
  final Context self;

  KmsgRoom(Platform platform, String parameters) {
    kernel = TestKernel.boot(platform, parameters);
    machine = kernel.machine;
    self = kernel.self.context();
  }

  OpenFile open(int flags) {
    return machine.proc().open(self, KMSG, flags);
  }

  /** Open for reading, after all that is there; a read does not wait. */
  OpenFile openAtEnd() {
    OpenFile file = open(O_RDONLY | O_NONBLOCK);
    file.seek(self, 0, SEEK_END);
    return file;
  }

  /** The next record as text, or the errno. */
  String read(OpenFile file) {
    return read(self, file, ENOUGH);
  }

  static String read(Context caller, OpenFile file, int count) {
    byte[] record = new byte[count];
    long got = file.read(caller, record, count);
    return got < 0
        ? Long.toString(got)
        : new String(record, 0, (int) got, StandardCharsets.ISO_8859_1);
  }

  /** All records up to where a read would wait. */
  List<String> readAll(OpenFile file) {
    List<String> records = new ArrayList<>();
    String end = Integer.toString(-EAGAIN);
    for (String record = read(file); !record.equals(end); record = read(file)) {
      records.add(record);
    }
    return records;
  }

  /** Priority, flag and what follows: a record without its number and time. */
  static String timeless(String record) {
    return record.replaceFirst("^(\\d+),\\d+,\\d+,", "$1,");
  }

  long write(OpenFile file, String text) {
    return write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  long write(OpenFile file, byte[] bytes) {
    return file.write(self, bytes, 0, bytes.length);
  }

  /** As a shell's echo does: opens, writes, closes. */
  long echo(String text) {
    try (OpenFile file = open(O_WRONLY)) {
      return file.error() != 0 ? file.error() : write(file, text + "\n");
    }
  }

  void print(String text) {
    machine.print(6, text);
  }

  /** A task that reads one record, of those that are still to come, into {@code result}. */
  Task reader(List<String> result) {
    return machine
        .tasks()
        .spawn(
            "cat",
            Owner.CORE,
            1,
            () -> {
              Context caller = (Context) Current.get();
              try (OpenFile file = machine.proc().open(caller, KMSG, O_RDONLY)) {
                file.seek(caller, 0, SEEK_END);
                result.add(read(caller, file, ENOUGH));
                return 0;
              }
            });
  }

  @Override
  public void close() {
    kernel.close();
  }
}
