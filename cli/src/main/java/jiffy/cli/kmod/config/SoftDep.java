package jiffy.cli.kmod.config;

import java.util.ArrayList;
import java.util.List;

/**
 * What is to be loaded before and after a module if it can be; a failure of it is none of the
 * module's.
 *
 * @param module its name, normalised
 * @param pre names as they were written
 * @param post names as they were written
 */
public record SoftDep(String module, List<String> pre, List<String> post) {
  /** {@code pre: A B post: C}; words before either are nobody's. */
  static SoftDep parse(String module, String text) {
    List<String> pre = new ArrayList<>();
    List<String> post = new ArrayList<>();
    List<String> into = new ArrayList<>();
    for (String word : Words.of(text)) {
      if (word.equals("pre:")) {
        into = pre;
      } else if (word.equals("post:")) {
        into = post;
      } else {
        into.add(word);
      }
    }
    return new SoftDep(module, List.copyOf(pre), List.copyOf(post));
  }

  String line() {
    return "softdep "
        + module
        + (pre.isEmpty() ? "" : " pre: " + String.join(" ", pre))
        + (post.isEmpty() ? "" : " post: " + String.join(" ", post));
  }
}
