package jiffy.cli.tool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import jiffy.cli.dmesg.Dmesg;
import jiffy.cli.dmesg.print.Client;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.wire.StateDirectory;
import jiffy.linux.Errno;
import jiffy.runtime.printk.pstore.DeadLog;
import jiffy.runtime.printk.pstore.Pstore;
import jiffy.runtime.printk.ring.LogRecord;

/**
 * {@code pstore [--list] [DIR|FILE] [DMESG-OPTION...]}: the last messages of a kernel that died, in
 * any form that dmesg has. Needs no kernel.
 */
final class PstoreTool implements Tool {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  /** Why there is nothing to show; for people, complete. */
  private static final class NothingException extends Exception {
    private static final long serialVersionUID = 1L;

    NothingException(String message) {
      super(message);
    }
  }

  @Override
  public String errorPrefix() {
    return "pstore: ";
  }

  @Override
  public int run(Invocation call) throws GoneException {
    List<String> words = call.arguments();
    boolean list = !words.isEmpty() && words.get(0).equals("--list");
    words = list ? words.subList(1, words.size()) : words;
    boolean named = !words.isEmpty() && !words.get(0).startsWith("-");
    List<String> options = named ? words.subList(1, words.size()) : words;
    try {
      if (list && !options.isEmpty()) {
        throw new NothingException("--list takes a directory and nothing else");
      }
      Path place = named ? place(call, words.get(0)) : lastPlace(call);
      List<Path> dead = Files.isDirectory(place) ? dead(place) : List.of(place);
      if (list) {
        for (Path file : dead) {
          call.out(line(call, file));
        }
        return 0;
      }
      return show(call, read(dead.get(dead.size() - 1)), options);
    } catch (NothingException e) {
      call.err(errorPrefix() + e.getMessage() + "\n");
      return 1;
    }
  }

  private static Path place(Invocation call, String name) throws NothingException {
    Path place = call.file(name);
    if (place == null || !Files.exists(place)) {
      throw new NothingException(name + ": " + Strerror.of(Errno.ENOENT));
    }
    return place;
  }

  /** The directory of the last kernel that was booted here with one. */
  private static Path lastPlace(Invocation call) throws NothingException {
    Path note = new StateDirectory(call.stateDirectory()).pstoreFile();
    try {
      return Path.of(Files.readString(note, StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      throw new NothingException(
          "no kernel of "
              + call.stateDirectory()
              + " was booted with pstore=DIR: say where, 'jiffy pstore DIR'");
    }
  }

  private static List<Path> dead(Path directory) throws NothingException {
    try {
      List<Path> dead = Pstore.dead(directory);
      if (dead.isEmpty()) {
        throw new NothingException("no kernel has died in " + directory + ": there is nothing");
      }
      return dead;
    } catch (IOException e) {
      throw new NothingException(directory + ": " + Strerror.of(e));
    }
  }

  private static DeadLog read(Path file) throws NothingException {
    try {
      return DeadLog.read(file);
    } catch (IOException e) {
      throw new NothingException(file + ": " + Strerror.of(e));
    }
  }

  private static String line(Invocation call, Path file) {
    try {
      return head(call, DeadLog.read(file));
    } catch (IOException e) {
      return file + ": " + Strerror.of(e) + "\n";
    }
  }

  private static String head(Invocation call, DeadLog log) {
    int count = log.records().size();
    StringBuilder head = new StringBuilder();
    head.append(log.file()).append(": pid ").append(log.pid());
    head.append(", booted ").append(date(call, log.bootWallNanos()));
    head.append(log.halted() ? ", halted" : ", died");
    if (count > 0) {
      LogRecord last = log.records().get(count - 1);
      head.append(" after ").append(last.nanos() / NANOS_PER_SECOND).append(" s");
    }
    head.append("; ").append(count).append(count == 1 ? " record" : " records");
    if (log.torn() > 0) {
      head.append(", ").append(log.torn()).append(" torn and left out");
    }
    return head.append('\n').toString();
  }

  private static String date(Invocation call, long nanos) {
    ZoneId zone;
    try {
      zone = ZoneId.of(call.environment().getOrDefault("TZ", ZoneId.systemDefault().getId()));
    } catch (DateTimeException unknownZone) {
      zone = ZoneId.systemDefault();
    }
    return DATE.format(Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS_PER_SECOND)).atZone(zone));
  }

  /** The records as dmesg's options say; what they are of goes to standard error. */
  private int show(Invocation call, DeadLog log, List<String> options) throws GoneException {
    call.err(errorPrefix() + head(call, log));
    Client client =
        new Client(
            call.environment(), call.directory(), call.terminal(), call.stdout(), call.stderr());
    DeadSource source = new DeadSource(log);
    return new Dmesg(source, source).run(client, options);
  }
}
