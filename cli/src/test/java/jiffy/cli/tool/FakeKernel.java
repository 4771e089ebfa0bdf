package jiffy.cli.tool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import jiffy.cli.dmesg.record.KernelLogControl;
import jiffy.cli.dmesg.record.KmsgRecord;
import jiffy.cli.dmesg.record.RecordSource;
import jiffy.linux.Errno;

/** A kernel that returns what it is told to, and remembers what it was asked. */
public final class FakeKernel implements RunningKernel, KernelLogControl {
  /** What the next insmod and rmmod return. */
  public volatile int result;

  /** What the next write returns. */
  public volatile Written written = new Written(true, 0, Integer.MAX_VALUE);

  /** Its command line. */
  public volatile String commandLine = "hz=250";

  /** Whether the user may read the log. */
  public volatile boolean mayReadLog = true;

  /** Set: the next insmod throws it. */
  public volatile RuntimeException bug;

  /** What others do while an insmod is on its way. */
  public volatile Runnable onInsmod = () -> {};

  /** What an rmmod does besides. */
  public volatile Runnable onRmmod = () -> {};

  public final List<Module> modules = new CopyOnWriteArrayList<>();
  public final List<String> calls = new CopyOnWriteArrayList<>();
  public final List<String> syslog = new CopyOnWriteArrayList<>();
  public final Map<String, String> files = new TreeMap<>();
  public final LinkedBlockingQueue<String> log = new LinkedBlockingQueue<>();
  public volatile Runnable onHalt = () -> {};

  private static final String HANG_UP = "hang up";

  /** Loads one, newest first. */
  public void has(String name, int references, String... holders) {
    modules.add(0, new Module(name, 16384, references, List.of(holders)));
  }

  /** Has one that is coming, going or a zombie. */
  public void hasUnready(String name, String initstate) {
    modules.add(0, new Module(name, 16384, 0, List.of(), List.of(), initstate));
  }

  @Override
  public int insmod(Path file, List<String> parameters, int flags) {
    calls.add("insmod " + file + " " + parameters + (flags == 0 ? "" : " flags " + flags));
    if (bug != null) {
      throw bug;
    }
    onInsmod.run();
    return result;
  }

  @Override
  public int rmmod(String name, boolean force) {
    calls.add("rmmod " + name + (force ? " -f" : ""));
    if (result == 0) {
      modules.removeIf(module -> module.name().equals(name));
      onRmmod.run();
    }
    return result;
  }

  @Override
  public int raiseIrq(int irq) {
    calls.add("irq " + irq);
    return result;
  }

  @Override
  public List<Module> modules() {
    return modules;
  }

  @Override
  public String read(String file) {
    return files.get(file);
  }

  @Override
  public int read(String file, HangUp user, Sink sink) throws Invocation.GoneException {
    String text = files.get(file);
    if (text == null) {
      return directory(file) != null ? -Errno.EISDIR : -Errno.ENOENT;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sink.take(bytes, bytes.length);
    return result;
  }

  @Override
  public Written write(String file, HangUp user, byte[] text) {
    calls.add("write " + file + " " + new String(text, StandardCharsets.UTF_8));
    return written;
  }

  @Override
  public List<DirectoryEntry> directory(String path) {
    List<DirectoryEntry> found = new ArrayList<>();
    for (String file : files.keySet()) {
      if (file.startsWith(path + "/")) {
        found.add(new DirectoryEntry(file.substring(path.length() + 1), false, 0644));
      }
    }
    return found.isEmpty() ? null : found;
  }

  @Override
  public List<String> files() {
    return new ArrayList<>(files.keySet());
  }

  @Override
  public RecordSource.Reading log(From from, HangUp user) throws IOException {
    if (!mayReadLog) {
      throw new IOException(Strerror.of(Errno.EPERM));
    }
    user.onHangUp(() -> log.add(HANG_UP));
    return new RecordSource.Reading() {
      @Override
      public void endAtNewest() {
        // Nobody logs meanwhile.
      }

      @Override
      public KmsgRecord poll() {
        String record = log.poll();
        return record == null ? null : KmsgRecord.of(record);
      }

      @Override
      public KmsgRecord next() throws IOException, InterruptedException {
        String record = log.take();
        if (record.equals(HANG_UP)) {
          calls.add("hung up");
          throw new InterruptedException();
        }
        return KmsgRecord.of(record);
      }

      @Override
      public void close() {
        calls.add("log closed");
      }
    };
  }

  @Override
  public long bootEpochMicros() {
    return 0;
  }

  @Override
  public KernelLogControl logControl() {
    return this;
  }

  @Override
  public void syslog(String line) {
    syslog.add(line);
  }

  @Override
  public String commandLine() {
    return commandLine;
  }

  @Override
  public int hz() {
    return 250;
  }

  @Override
  public int cpus() {
    return 2;
  }

  @Override
  public void halt() {
    onHalt.run();
  }

  @Override
  public void clear() {
    calls.add("clear");
  }

  @Override
  public void consoleOff() {
    calls.add("console off");
  }

  @Override
  public void consoleOn() {
    calls.add("console on");
  }

  @Override
  public void consoleLevel(int level) {
    calls.add("console level " + level);
  }
}
