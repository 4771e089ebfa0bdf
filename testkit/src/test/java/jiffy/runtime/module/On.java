package jiffy.runtime.module;

import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HostArch;
import jiffy.runtime.arch.SimArch;

/** What a test's kernel runs on. */
enum On {
  SIM,
  HOST;

  Arch arch() {
    return this == SIM ? new SimArch() : new HostArch();
  }
}
