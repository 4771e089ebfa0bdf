package jiffy.cli.tool;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;
import jiffy.linux.Errno;

/**
 * {@code jiffy ls [-l] [FILE...]}: what is in the kernel's directories, a name a line; {@code -l}:
 * with who may do what.
 */
final class Ls implements Tool {
  private static final String PERMISSIONS = "rwxrwxrwx";

  @Override
  public int run(Invocation call) throws GoneException, NoKernelException {
    List<String> paths = new ArrayList<>(call.arguments());
    boolean isLong = paths.removeIf(word -> word.equals("-l"));
    if (paths.isEmpty()) {
      paths.add("/");
    }
    RunningKernel kernel = call.needKernel();
    int status = 0;
    for (String path : paths) {
      status |= show(call, kernel, path, isLong, paths.size() > 1);
    }
    return status;
  }

  private int show(
      Invocation call, RunningKernel kernel, String path, boolean isLong, boolean isOneOfMany)
      throws GoneException {
    List<RunningKernel.DirectoryEntry> entries = path.isEmpty() ? null : kernel.directory(path);
    if (entries != null) {
      StringBuilder text = new StringBuilder(isOneOfMany ? path + ":\n" : "");
      entries.forEach(each -> text.append(line(each, each.name(), isLong)));
      call.out(text.toString());
      return 0;
    }
    if (!path.equals(cleaned(path))) {
      return show(call, kernel, cleaned(path), isLong, isOneOfMany);
    }
    int slash = path.lastIndexOf('/');
    List<RunningKernel.DirectoryEntry> siblings =
        slash < 0 ? null : kernel.directory(slash == 0 ? "/" : path.substring(0, slash));
    if (siblings != null) {
      for (RunningKernel.DirectoryEntry each : siblings) {
        if (each.name().equals(path.substring(slash + 1))) {
          call.out(line(each, path, isLong));
          return 0;
        }
      }
    }
    call.err(errorPrefix() + path + ": " + Strerror.of(Errno.ENOENT) + "\n");
    return 1;
  }

  /** Without double slashes and dots, which the kernel's table of files does not know. */
  private static String cleaned(String path) {
    try {
      return Path.of(path).normalize().toString();
    } catch (InvalidPathException nulByteOrLocale) {
      return path;
    }
  }

  private static String line(RunningKernel.DirectoryEntry entry, String name, boolean isLong) {
    if (!isLong) {
      return name + "\n";
    }
    StringBuilder mode = new StringBuilder(entry.isDirectory() ? "d" : "-");
    for (int i = 0; i < PERMISSIONS.length(); i++) {
      boolean isSet = (entry.mode() >> (PERMISSIONS.length() - 1 - i) & 1) != 0;
      mode.append(isSet ? PERMISSIONS.charAt(i) : '-');
    }
    return String.format(Locale.ROOT, "%s %s\n", mode, name);
  }

  @Override
  public String errorPrefix() {
    return "ls: ";
  }
}
