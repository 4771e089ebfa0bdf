package jiffy.cli.tool;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jiffy.cli.kmod.Console;
import jiffy.cli.kmod.ModuleKernel;
import jiffy.cli.kmod.StoppedException;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;
import jiffy.linux.Delay;
import jiffy.linux.Errno;

/** What modprobe sees of its caller: kernel and user of one invocation. One thread. */
final class KmodHost implements ModuleKernel, Console {
  private final Invocation call;
  private final String tool;
  private final boolean isQuiet;
  private final boolean toSyslog;

  /**
   * For one run.
   *
   * @param tool its name, for messages
   * @param isQuiet whether none of its own is shown
   * @param toSyslog whether they go to the kernel's log, if there is one
   */
  KmodHost(Invocation call, String tool, boolean isQuiet, boolean toSyslog) {
    this.call = call;
    this.tool = tool;
    this.isQuiet = isQuiet;
    this.toSyslog = toSyslog;
  }

  /** Why a run stopped, in this package's words. */
  static void rethrow(StoppedException e) throws GoneException, NoKernelException {
    if (e.getCause() instanceof NoKernelException none) {
      throw none;
    }
    throw (GoneException) e.getCause();
  }

  private RunningKernel kernel() throws StoppedException {
    try {
      return call.needKernel();
    } catch (NoKernelException e) {
      throw new StoppedException(e);
    }
  }

  @Override
  public void need() throws StoppedException {
    kernel();
  }

  @Override
  public Optional<Loaded> find(String name) {
    return Optional.ofNullable(call.kernel())
        .flatMap(kernel -> kernel.module(name))
        .map(
            each ->
                new Loaded(name, each.references(), each.holders(), each.users(), each.isLive()));
  }

  @Override
  public Set<String> live() {
    return call.kernel() == null ? Set.of() : call.kernel().live();
  }

  @Override
  public boolean isPermanent(String name) {
    return call.kernel() != null && call.kernel().isPermanent(name);
  }

  @Override
  public int insert(Path file, List<String> words, int flags) throws StoppedException {
    RunningKernel kernel = kernel();
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return -Errno.EINVAL; // a pipe or a device might never end
    }
    return kernel.insmod(file, words, flags);
  }

  @Override
  public int remove(String name, boolean force) throws StoppedException {
    return kernel().rmmod(name, force);
  }

  @Override
  public String commandLine() {
    return call.kernel() == null ? "" : call.kernel().commandLine();
  }

  @Override
  public boolean pause(int millis) {
    Delay.msleep_interruptible(millis);
    return !call.user().hasHungUp();
  }

  @Override
  public String reason(int errno) {
    return Strerror.of(errno);
  }

  @Override
  public void print(String line) throws StoppedException {
    try {
      call.out(line + "\n");
    } catch (GoneException e) {
      throw new StoppedException(e);
    }
  }

  @Override
  public void say(Level level, String text) throws StoppedException {
    String line = tool + ": " + level + ": " + text;
    if (isQuiet) {
      return;
    }
    if (toSyslog && call.kernel() != null) {
      call.kernel().syslog(line);
    } else {
      err(line);
    }
  }

  @Override
  public void sayOfLibrary(String text) throws StoppedException {
    err("libkmod: ERROR: " + text);
  }

  private void err(String line) throws StoppedException {
    try {
      call.err(line + "\n");
    } catch (GoneException e) {
      throw new StoppedException(e);
    }
  }

  @Override
  public void check() throws StoppedException {
    if (call.user().hasHungUp()) {
      throw new StoppedException(new GoneException(new IOException("the client has hung up")));
    }
  }

  @Override
  public OutputStream output() {
    return call.stdout();
  }

  @Override
  public OutputStream errors() {
    return call.stderr();
  }
}
