package jiffy.runtime.proc.sysctl;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import jiffy.runtime.context.Context;
import jiffy.runtime.proc.FileSource;
import jiffy.runtime.proc.OpenFile;

/**
 * {@code /proc/sys}: the settings, by path. Each is one file, read and written by everybody whose
 * setting does not refuse him. Thread safe.
 */
public final class Sysctls implements FileSource {
  private static final String ROOT = "/proc/sys/";

  private final Map<String, Setting> settings = new ConcurrentSkipListMap<>();

  /**
   * Adds a file.
   *
   * @param name below /proc/sys: {@code kernel/printk}
   */
  public void register(String name, Setting setting) {
    settings.put(ROOT + name, setting);
  }

  @Override
  public OpenFile open(Context caller, String path, int flags) {
    Setting setting = settings.get(path);
    return setting == null ? null : new SysctlFile(setting, flags);
  }

  @Override
  public List<String> list() {
    return List.copyOf(settings.keySet());
  }
}
