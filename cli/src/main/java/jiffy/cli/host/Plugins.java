package jiffy.cli.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jiffy.cli.tool.Strerror;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.linux.Errno;
import jiffy.runtime.Machine;
import jiffy.runtime.context.Context;
import jiffy.runtime.module.DropFolder;
import jiffy.runtime.module.ModuleView;
import jiffy.runtime.module.file.BadModuleException;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.file.ModuleFile;
import jiffy.runtime.module.file.ModuleNames;

/** What the drop folder does to a machine. */
final class Plugins implements DropFolder.Kernel {
  private static final int NOTICE = 5;

  /** One load of a module: its address is no later one's. */
  private record Load(String name, long address) {}

  private final Machine machine;
  private final HostClasses hostClasses = new HostClasses();

  Plugins(Machine machine) {
    this.machine = machine;
  }

  @Override
  public void spawn(String name, Runnable body) {
    machine
        .tasks()
        .spawn(
            name,
            Owner.CORE,
            () -> {
              body.run();
              return 0;
            });
  }

  @Override
  public Loaded load(Path file) {
    String name = moduleName(file);
    int error = machine.modules().insmod(caller(), file, List.of());
    Load load =
        machine
            .modules()
            .find(name)
            .map(view -> new Load(view.name(), view.address()))
            .orElse(new Load(name, 0));
    return new Loaded(error, load);
  }

  /** Read before the load, for the file may be gone afterwards. */
  private String moduleName(Path file) {
    String fileName = file.getFileName().toString();
    try {
      return ModuleFile.read(file, fileName, hostClasses).name();
    } catch (BadModuleException refusedByTheLoaderToo) {
      return ModuleNames.ofFile(fileName);
    }
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
