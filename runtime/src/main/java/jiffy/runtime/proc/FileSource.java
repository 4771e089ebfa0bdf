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
}
