package jiffy.cli.kmod;

import jiffy.cli.kmod.config.ModprobeConfig;

/** What all parts of one run of modprobe look at. */
record Setting(
    ModuleTree tree,
    ModprobeConfig config,
    Lookup lookup,
    ModuleKernel kernel,
    Console console,
    Commands commands) {}
