package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The modinfo and depmod rows. */
class DepmodProbeTest {
  @TestFactory
  Stream<DynamicTest> rows(@TempDir Path root) {
    ProbeTree tree = ProbeTree.in(root);
    return ProbeTree.recorded("INDEX.tsv")
        .lines()
        .map(line -> line.split("\t", -1))
        .filter(row -> row[0].startsWith("depmod") || row[0].startsWith("modinfo"))
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row[0],
                    () -> {
                      ToolRun run =
                          ToolRun.of(root, Map.of(), tree.here(row[1]).trim().split(" +"));
                      ToolRun expected =
                          new ToolRun(
                              Integer.parseInt(row[2]),
                              row[3].equals("-") ? "" : tree.here(ProbeTree.recorded(row[3])),
                              row[4].equals("-") ? "" : tree.here(row[4].replace("\\n", "\n")));
                      assertThat(run).isEqualTo(expected);
                    }));
  }
}
