package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.file.Import;
import jiffy.runtime.module.file.ModuleFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fixture is the tree that vectors/kmod/INDEX.md describes. */
class ProbeTreeTest {
  @Test
  void probeTree_isMadeOfSoundModules(@TempDir Path root) throws Exception {
    ProbeTree tree = ProbeTree.in(root);
    HostClasses host = new HostClasses();
    for (String name : ProbeTree.MODULES) {
      Path jar = tree.jar(name);
      ModuleFile file = ModuleFile.read(jar, jar.toString(), host);
      assertThat(file.name()).isEqualTo(name.replace('-', '_'));
      assertThat(file.imports().stream().map(Import::symbol).toList())
          .as(name)
          .isEqualTo(
              switch (name) {
                case "mid" -> List.of("core_fn");
                case "top" -> List.of("mid_fn");
                case "needsunk" -> List.of("unknown_fn");
                default -> List.of();
              });
    }
    assertThat(tree.here("@ROOT@/notelf.ko")).isEqualTo(root + "/notelf.jar");
    assertThat(root.resolve("conf-opts.d/test.conf")).exists();
  }
}
