package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Supplier;
import java.nio.file.Path;
import java.util.List;
import jiffy.runtime.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that has a kernel, and an interface of its own for its plugins; Guava's stands in. */
class EmbeddedPluginsTest {
  private static final String INTERFACE =
      "package com.google.common.base; public interface Supplier<T> { T get(); }";

  private static final String EXTENSION =
      "package p; @org.pf4j.Extension public class Hello"
          + " implements com.google.common.base.Supplier<String> {"
          + " public String get() { return \"hello\"; } }";

  @TempDir Path dir;

  private Path plugin() {
    return ModuleJar.ofSources(List.of(INTERFACE), EXTENSION)
        .manifest("Plugin-Id", "hello")
        .manifest("Plugin-Version", "1.0.0")
        .writeTo(dir.resolve("hello.jar"));
  }

  @Test
  @SuppressWarnings("rawtypes") // a class literal has no parameters
  void getExtensions_interfaceOfAnExposedPackage_isTheSameForBoth() {
    try (Machine machine = Machine.boot("module.expose=com.google.common.base")) {
      machine.insmod(plugin());
      List<Supplier> found = machine.modules().pluginManager().getExtensions(Supplier.class);
      assertThat(found).hasSize(1);
      assertThat(found.get(0).get()).isEqualTo("hello");
      machine.rmmod("hello");
      assertThat(machine.modules().pluginManager().getExtensions(Supplier.class)).isEmpty();
    }
  }

  @Test
  void getExtensions_packageIsNotExposed_isSaidInTheLog() {
    try (Machine machine = Machine.boot("")) {
      machine.insmod(plugin());
      assertThat(machine.modules().pluginManager().getExtensions(Supplier.class)).isEmpty();
      assertThat(machine.dmesg())
          .anyMatch(
              line ->
                  line.contains("hello: extension p.Hello cannot be loaded")
                      && line.contains("com/google/common/base/Supplier"));
    }
  }

  @Test
  void boot_exposingWhatIsNoPackage_isRefused() {
    for (String value : List.of("a-b", "", "jiffy.runtime", "java.util", "a..b", "a,,b")) {
      assertThatThrownBy(() -> Machine.boot("module.expose=" + value))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("module.expose");
    }
  }
}
