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
import java.util.Arrays;
import java.util.List;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
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
  private static final String HOLDERS = "holders/";
  private static final int ANYBODY_READS = 0444;
  private static final int ANYBODY_WRITES = 0222;

  /** One write is one value, and no longer than this; one reading is shorter. */
  private static final int PAGE_SIZE = 4096;

  private final Registry registry;
  private final KernelLog log;
  private final SysAttributes attributes;

  /**
   * @param hooks runs callbacks of parameters
   */
  SysModule(Registry registry, Hooks hooks, KernelLog log) {
    this.registry = registry;
    this.log = log;
    this.attributes = new SysAttributes(hooks, log);
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
    if (name.startsWith(HOLDERS)) {
      return openHolder(caller, module, name, flags);
    }
    for (SysAttributes.Attribute attribute : attributes.of(module)) {
      if (attribute.name().equals(name)) {
        return allows(attribute.mode(), flags)
            ? new AttributeFile(module, attribute, flags)
            : OpenFile.failed(-EACCES);
      }
    }
    return null;
  }

  private static boolean allows(int mode, int flags) {
    int access = flags & (O_WRONLY | O_RDWR);
    boolean reads = access == O_RDONLY || access == O_RDWR;
    boolean writes = access == O_WRONLY || access == O_RDWR;
    return (!reads || (mode & ANYBODY_READS) != 0) && (!writes || (mode & ANYBODY_WRITES) != 0);
  }

  /** A directory of links: to the directory of each module that uses this one. */
  private OpenFile openHolder(Context caller, LoadedModule module, String name, int flags) {
    if (name.length() == HOLDERS.length()) {
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
    for (LoadedModule module : found()) {
      String directory = ROOT + module.name() + "/";
      attributes.of(module).forEach(each -> paths.add(directory + each.name()));
      registry.holders(module).forEach(holder -> paths.add(directory + HOLDERS + holder));
    }
    return paths;
  }

  /** Those whose name leads to them: not a zombie that another copy has taken it from. */
  private List<LoadedModule> found() {
    return registry.newestFirst().stream()
        .filter(module -> registry.find(module.name()) == module)
        .toList();
  }

  @Override
  public List<String> directories() {
    List<String> paths = new ArrayList<>(List.of("/sys/module"));
    for (LoadedModule module : found()) {
      for (String name : List.of("", "/holders", "/notes", "/sections")) {
        paths.add(ROOT + module.name() + name);
      }
      registry
          .holders(module)
          .forEach(holder -> paths.add(ROOT + module.name() + "/" + HOLDERS + holder));
    }
    return paths;
  }

  @Override
  public int mode(String path) {
    int slash = path.startsWith(ROOT) ? path.indexOf('/', ROOT.length()) : -1;
    LoadedModule module = slash < 0 ? null : registry.find(path.substring(ROOT.length(), slash));
    if (module != null) {
      for (SysAttributes.Attribute attribute : attributes.of(module)) {
        if (attribute.name().equals(path.substring(slash + 1))) {
          return attribute.mode();
        }
      }
    }
    return 0;
  }

  /** One of them, open: {@code show} at the beginning of a reading, {@code store} at each write. */
  private final class AttributeFile implements OpenFile {
    private final LoadedModule module;
    private final SysAttributes.Attribute attribute;
    private final int flags;
    private byte[] text;
    private int position;

    AttributeFile(LoadedModule module, SysAttributes.Attribute attribute, int flags) {
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
      if (isGone()) {
        return -ENODEV;
      }
      if (position == 0) {
        StringBuilder shown = new StringBuilder();
        int length = attribute.show().show(caller, module, shown);
        if (length < 0) {
          return length;
        }
        text = clipped(shown.toString().getBytes(StandardCharsets.UTF_8), length);
      }
      int got = Math.min(count, text.length - position);
      System.arraycopy(text, position, into, 0, got);
      position += got;
      return got;
    }

    /** {@code sysfs_kf_seq_show}: a callback may say any length. */
    private byte[] clipped(byte[] shown, int length) {
      if (length < PAGE_SIZE) {
        return Arrays.copyOf(shown, Math.min(length, shown.length));
      }
      log.print(
          KernelLog.INFO,
          "fill_read_buffer: get of "
              + module.name()
              + "."
              + attribute.name()
              + " returned bad count");
      return Arrays.copyOf(shown, Math.min(PAGE_SIZE - 1, shown.length));
    }

    @Override
    public long write(Context caller, byte[] from, int start, int count) {
      if ((flags & (O_WRONLY | O_RDWR)) == 0) {
        return -EBADF;
      }
      if (count == 0) {
        return 0;
      }
      int length = Math.min(count, PAGE_SIZE);
      String value = new String(from, start, length, StandardCharsets.UTF_8);
      int nul = value.indexOf('\0');
      int result =
          isGone()
              ? -ENODEV
              : attribute.store().store(caller, module, nul < 0 ? value : value.substring(0, nul));
      return result == 0 ? length : Math.min(result, length);
    }

    @Override
    public void close() {
      // It holds nothing.
    }
  }
}
