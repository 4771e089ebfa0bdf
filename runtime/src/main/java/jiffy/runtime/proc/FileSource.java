package jiffy.runtime.proc;

import java.util.List;
import jiffy.runtime.context.Context;

/** Files that come and go by themselves, such as those of /sys/module. Thread safe. */
public interface FileSource {
  /**
   * {@code open}; see {@link ProcTree#open(Context, String, int)}.
   *
   * @return null if there is none of that name here
   */
  OpenFile open(Context caller, String path, int flags);

  /** The paths of those that there are now. */
  List<String> list();

  /** The directories that there are even if no file is in them. */
  default List<String> directories() {
    return List.of();
  }

  /** The mode of a file of its own, 0 for others: who may open it for what. */
  default int mode(String path) {
    return list().contains(path) ? 0644 : 0;
  }
}
