package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replays truth/01, 14 and 15. */
class TaintTest {
  private final List<String> log = new ArrayList<>();
  private final Taint taint = new Taint((level, text) -> log.add(level + " " + text));

  @Test
  void addModule_firstOfTheBoot_saysBothLinesOnce() {
    long flags = taint.addModule("kt_fast", "GPL");
    taint.addModule("hello", "GPL");
    assertThat(log)
        .containsExactly(
            "4 kt_fast: loading out-of-tree module taints kernel.",
            "5 kt_fast: module verification failed: signature and/or required key missing -"
                + " tainting kernel");
    assertThat(taint.mask()).isEqualTo(12288);
    assertThat(Taint.letters(flags)).isEqualTo("OE");
    assertThat(taint.isLockDebugging()).isTrue();
  }

  @Test
  void addModule_firstIsProprietary_saysFourLinesInLinuxsOrder() {
    long flags = taint.addModule("prop", "Proprietary");
    assertThat(log)
        .containsExactly(
            "4 prop: loading out-of-tree module taints kernel.",
            "4 prop: module license 'Proprietary' taints kernel.",
            "4 Disabling lock debugging due to kernel taint",
            "5 prop: module verification failed: signature and/or required key missing - tainting"
                + " kernel");
    assertThat(taint.mask()).isEqualTo(12289);
    assertThat(Taint.letters(flags)).isEqualTo("POE");
    assertThat(taint.isLockDebugging()).isFalse();
  }

  @Test
  void addModule_proprietaryAfterForce_saysTheLicenceOnly() {
    taint.addModule("kt_fast", "GPL");
    taint.addLockdepUnreliable(Taint.Flag.FORCED_RMMOD);
    assertThat(taint.mask()).isEqualTo(12296);
    log.clear();
    taint.addModule("prop", "Proprietary");
    taint.addModule("prop", "Proprietary");
    assertThat(log).containsExactly("4 prop: module license 'Proprietary' taints kernel.");
    assertThat(taint.mask()).isEqualTo(12297);
  }

  @Test
  void addModule_withoutALicence_isUnspecified() {
    taint.addModule("m", null);
    assertThat(log).contains("4 m: module license 'unspecified' taints kernel.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GPL",
        "GPL v2",
        "GPL and additional rights",
        "Dual BSD/GPL",
        "Dual MIT/GPL",
        "Dual MPL/GPL",
        "Apache-2.0",
        "MIT",
        "BSD-3-Clause",
        "GPL-2.0-only",
        "MPL-2.0"
      })
  void isFree_knownLicence_is(String license) {
    assertThat(Taint.isFree(license)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Proprietary", "XXX", "", "GPL v4", "MIT or so", "Apachean-1.0"})
  void isFree_anythingElse_isNot(String license) {
    assertThat(Taint.isFree(license)).isFalse();
  }
}
