package jiffy.runtime.module;

import static jiffy.linux.Errno.EACCES;
import static jiffy.linux.Errno.EBADF;
import static jiffy.linux.Errno.EISDIR;
import static jiffy.linux.Errno.ENODEV;
import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Fs.O_RDWR;
import static jiffy.linux.Fs.O_WRONLY;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntBiFunction;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.module.param.Param;
import jiffy.runtime.module.param.ParamException;
import jiffy.runtime.module.param.ParamSpec;
import jiffy.runtime.proc.FileSource;
import jiffy.runtime.proc.OpenFile;

/**
 * {@code /sys/module}: what each module is, and its parameters, which may be written while it runs.
 *
 * <p>A parameter whose mode is 0 has no file. A mode holds for everybody, as on sysfs. An open file
 * does not hold the module: once that is gone, it gives ENODEV. Thread safe.
 */
final class SysModule implements FileSource {
  private static final String ROOT = "/sys/module/";
  private static final String PARAMETERS = "parameters/";
  private static final String HOLDERS = "holders/";
  private static final int READ_ONLY = 0444;
  private static final int ANYBODY_READS = 0444;
  private static final int ANYBODY_WRITES = 0222;

  /** One write is one value, and no longer than this. */
  private static final int PAGE_SIZE = 4096;

  /**
   * A file of a module's directory.
   *
   * @param show its text, without the newline; null if it has gone
   * @param store null: it cannot be written
   */
  private record Attribute(
      String name,
      int mode,
      Function<LoadedModule, String> show,
      ToIntBiFunction<LoadedModule, String> store) {
    static Attribute of(String name, Function<LoadedModule, String> show) {
      return new Attribute(name, READ_ONLY, show, null);
    }

    boolean allows(int flags) {
      int access = flags & (O_WRONLY | O_RDWR);
      boolean reads = access == O_RDONLY || access == O_RDWR;
      boolean writes = access == O_WRONLY || access == O_RDWR;
      return (!reads || (mode & ANYBODY_READS) != 0)
          && (!writes || (mode & ANYBODY_WRITES) != 0 && store != null);
    }
  }

  private static final List<Attribute> OF_EVERY_MODULE =
      List.of(
          Attribute.of("coresize", module -> Long.toString(module.view().size())),
          Attribute.of("initstate", module -> module.state().initstate()),
          Attribute.of("refcnt", module -> Integer.toString(module.refcount())),
          Attribute.of("taint", module -> module.view().taints()));

  private final Registry registry;
  private final KernelLog log;

  /**
   * @param log gets what is wrong with a value that is written, where Linux says more than an errno
   */
  SysModule(Registry registry, KernelLog log) {
    this.registry = registry;
    this.log = log;
  }

  @Override
  public OpenFile open(Context caller, String path, int flags) {
    if (!path.startsWith(ROOT)) {
      return null;
    }
    int slash = path.indexOf('/', ROOT.length());
    LoadedModule module = slash < 0 ? null : registry.find(path.substring(ROOT.length(), slash));
    if (module == null || !module.state().isListed()) {
      return null;
    }
    String name = path.substring(slash + 1);
    if (name.startsWith(HOLDERS) || name.equals("holders")) {
      return openHolder(caller, module, name, flags);
    }
    for (Attribute attribute : attributes(module)) {
      if (attribute.name.equals(name)) {
        return attribute.allows(flags)
            ? new AttributeFile(module, attribute, flags)
            : OpenFile.failed(-EACCES);
      }
    }
    return null;
  }

  /** A directory of links: to the directory of each module that uses this one. */
  private OpenFile openHolder(Context caller, LoadedModule module, String name, int flags) {
    if (name.length() <= HOLDERS.length()) {
      return OpenFile.failed(-EISDIR);
    }
    String link = name.substring(HOLDERS.length());
    int slash = link.indexOf('/');
    if (!registry.holders(module).contains(slash < 0 ? link : link.substring(0, slash))) {
      return null;
    }
    return slash < 0 ? OpenFile.failed(-EISDIR) : open(caller, ROOT + link, flags);
  }

  @Override
  public List<String> list() {
    List<String> paths = new ArrayList<>();
    for (LoadedModule module : registry.newestFirst()) {
      String directory = ROOT + module.name() + "/";
      attributes(module).forEach(each -> paths.add(directory + each.name));
      registry.holders(module).forEach(holder -> paths.add(directory + HOLDERS + holder));
    }
    return paths;
  }

  private List<Attribute> attributes(LoadedModule module) {
    List<Attribute> all = new ArrayList<>(OF_EVERY_MODULE);
    for (Param param : module.params()) {
      if (param.spec.perm() != 0) {
        all.add(parameter(param.spec));
      }
    }
    return all;
  }

  /** Keeps no {@link Param}, and with it the module's classes, while its file is open. */
  private Attribute parameter(ParamSpec spec) {
    return new Attribute(
        PARAMETERS + spec.name(),
        spec.perm(),
        module -> {
          Param param = find(module, spec);
          return param == null ? null : param.text();
        },
        (module, text) -> store(find(module, spec), text));
  }

  private static Param find(LoadedModule module, ParamSpec spec) {
    return module.params().stream().filter(p -> p.spec == spec).findFirst().orElse(null);
  }

  private int store(Param param, String text) {
    if (param == null) {
      return -ENODEV;
    }
    try {
      param.set(text);
      return 0;
    } catch (ParamException e) {
      if (e.getMessage() != null) {
        log.print(KernelLog.ERR, e.getMessage());
      }
      return -e.errno();
    }
  }

  /** One of them, open: {@code show} at the beginning of a reading, {@code store} at each write. */
  private static final class AttributeFile implements OpenFile {
    private final LoadedModule module;
    private final Attribute attribute;
    private final int flags;
    private byte[] text;
    private int position;

    AttributeFile(LoadedModule module, Attribute attribute, int flags) {
      this.module = module;
      this.attribute = attribute;
      this.flags = flags;
    }

    @Override
    public int error() {
      return 0;
    }

    private boolean isGone() {
      return module.state() == ModuleState.GONE;
    }

    @Override
    public long read(Context caller, byte[] into, int count) {
      if ((flags & O_WRONLY) != 0) {
        return -EBADF;
      }
      String shown = position != 0 || isGone() ? null : attribute.show.apply(module);
      if (shown != null) {
        text = (shown + "\n").getBytes(StandardCharsets.UTF_8);
      } else if (position == 0 || isGone()) {
        return -ENODEV;
      }
      int got = Math.min(count, text.length - position);
      System.arraycopy(text, position, into, 0, got);
      position += got;
      return got;
    }

    @Override
    public long write(Context caller, byte[] from, int start, int count) {
      if ((flags & (O_WRONLY | O_RDWR)) == 0) {
        return -EBADF;
      }
      int length = Math.min(count, PAGE_SIZE);
      String value = new String(from, start, length, StandardCharsets.UTF_8);
      int error = isGone() ? -ENODEV : attribute.store.applyAsInt(module, value);
      return error == 0 ? length : error;
    }

    @Override
    public void close() {
      // It holds nothing.
    }
  }
}
