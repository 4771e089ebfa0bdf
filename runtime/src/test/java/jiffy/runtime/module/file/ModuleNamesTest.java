package jiffy.runtime.module.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModuleNamesTest {
  @ParameterizedTest
  @CsvSource({
    "kt.jar, kt",
    "kt-1.0.2.jar, kt",
    "my-timer-0.1.0-SNAPSHOT.jar, my_timer",
    "build/libs/my_timer-v2.jar, my_timer",
    "C:\\mods\\kt.JAR, kt",
    "timerdemo6.jar, timerdemo6",
    "dep-a.jar, dep_a",
    "kt.release.jar, kt",
    "KernelTimer, KernelTimer",
    "hello.ko, hello"
  })
  void ofFile_versionAndSuffix_areCutOff(String file, String name) {
    assertThat(ModuleNames.ofFile(file)).isEqualTo(name);
  }

  @Test
  void isValid_lengthAndLetters_areLimited() {
    assertThat(ModuleNames.isValid("a".repeat(55))).isTrue();
    assertThat(ModuleNames.isValid("a".repeat(56))).isFalse();
    assertThat(ModuleNames.isValid("")).isFalse();
    assertThat(ModuleNames.isValid("a b")).isFalse();
    assertThat(ModuleNames.isValid("a/b")).isFalse();
  }
}
