package jiffy.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import jiffy.testkit.KernelTest;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.TestMachine;

class HelloTest {
  static final ModuleJar HELLO =
      ModuleJar.of(
          """
          import static jiffy.linux.Printk.*;
          @jiffy.linux.ModuleInfo(license = "GPL")
          public final class Hello extends jiffy.linux.KernelModule {
            @jiffy.linux.ModuleParam("whom to greet") static String whom = "world";
            { module_init(() -> printk("hello, %s\\n", whom)); module_exit(() -> printk("bye\\n")); }
          }
          """);

  @KernelTest
  void hello_greets(TestMachine kernel) {
    kernel.insmod("hello", HELLO, "whom=Ada");
    kernel.rmmod("hello");
    assertThat(kernel.dmesg()).hasTextsInOrder("hello, Ada", "bye");
  }
}
