package jiffy.cli.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import jiffy.cli.tool.Strerror;
import jiffy.kernel.Current;
import jiffy.linux.Errno;
import jiffy.runtime.Machine;
import jiffy.runtime.context.Context;
import jiffy.runtime.module.ModuleView;
import jiffy.runtime.module.drop.DropFolder;

/** What the drop folder does to a machine. */
final class Plugins implements DropFolder.Kernel {
  private static final int NOTICE = 5;

  /** One load of a module: its address is no later one's. */
  private record Load(String name, long address) {}

  private final Machine machine;

  Plugins(Machine machine) {
    this.machine = machine;
  }

  @Override
  public void spawn(String name, Runnable body) {
    MachineKernel.spawn(machine, name, body);
  }

  @Override
  public Loaded load(Path file) {
    AtomicReference<Load> load = new AtomicReference<>();
    int error =
        machine
            .modules()
            .insmod(
                caller(),
                file,
                List.of(),
                module -> load.set(new Load(module.name(), module.address())));
    return new Loaded(error, load.get());
  }

  @Override
  public int unload(Object module) {
    Load load = (Load) module;
    Optional<ModuleView> now = machine.modules().find(load.name());
    return now.isPresent() && now.get().address() == load.address()
        ? machine.modules().rmmod(caller(), load.name(), false)
        : -Errno.ENOENT;
  }

  private static Context caller() {
    return (Context) Current.get();
  }

  @Override
  public String reason(int errno) {
    return Strerror.ofInsmod(-errno);
  }

  @Override
  public void report(String line) {
    machine.print(NOTICE, line);
  }
}
