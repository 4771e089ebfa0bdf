package jiffy.arch;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may use whom. */
class LayeringTest {
  /**
   * A package is a slice, but for one seam with two sides: the structs' inner fields hold the
   * kernel's bookkeeping, and the kernel's operations take structs.
   */
  private static final SliceAssignment PACKAGES =
      new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
          String packageName = type.getPackageName();
          boolean seam = packageName.equals("jiffy.types") || packageName.equals("jiffy.kernel");
          return SliceIdentifier.of(seam ? "jiffy.types and jiffy.kernel" : packageName);
        }

        @Override
        public String getDescription() {
          return "packages (types and kernel are one)";
        }
      };

  static Stream<Arguments> roomsAndTheOnesAfter() {
    return IntStream.range(0, House.ROOMS.size())
        .mapToObj(
            i -> {
              List<String> after = new ArrayList<>();
              after.add("jiffy.runtime");
              House.ROOMS
                  .subList(i + 1, House.ROOMS.size())
                  .forEach(room -> after.add("jiffy.runtime." + room + ".."));
              return Arguments.of("jiffy.runtime." + House.ROOMS.get(i) + "..", after);
            });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("roomsAndTheOnesAfter")
  void room_usesOnlyThoseBeforeIt(String room, List<String> after) {
    noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(after.toArray(String[]::new))
        .because("a step that looks like calling up is a registration (DESIGN: the house)")
        .check(House.JIFFY);
  }

  @Test
  void runtime_hasOnlyKnownRooms() {
    assertThat(House.JIFFY.stream().map(JavaClass::getPackageName).distinct())
        .filteredOn(packageName -> packageName.startsWith("jiffy.runtime."))
        .allSatisfy(
            packageName ->
                assertThat(House.ROOMS)
                    .as("a new room needs a place in the order: %s", packageName)
                    .contains(packageName.split("\\.", -1)[2]));
  }

  @Test
  void moduleApi_knowsNothingOfTheRuntime() {
    noClasses()
        .that()
        .resideInAnyPackage("jiffy.types..", "jiffy.kernel..", "jiffy.linux..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jiffy.runtime..", "jiffy.cli..", "jiffy.testkit..")
        .check(House.JIFFY);
  }

  @Test
  void moduleApi_showsNoLibraryButPf4j() {
    classes()
        .that()
        .resideInAnyPackage("jiffy.types..", "jiffy.kernel..", "jiffy.linux..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "jiffy.types..", "jiffy.kernel..", "jiffy.linux..", "org.pf4j..")
        .because("a module brings its own Guava, if it wants one")
        .check(House.JIFFY);
  }

  @Test
  void packages_haveNoCycles() {
    slices().assignedFrom(PACKAGES).should().beFreeOfCycles().check(House.JIFFY);
  }

  @Test
  void pf4j_isUsedOnlyByTheModuleRoomAndKernelModule() {
    noClasses()
        .that(not(resideInAPackage("jiffy.runtime.module..")))
        .and(not(belongTo(name("jiffy.linux.KernelModule"))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.pf4j..")
        .check(House.JIFFY);
  }

  @Test
  void samples_useOnlyWhatModulesMayUse() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jiffy.kernel..", "jiffy.runtime..", "jiffy.cli..", "org.pf4j..")
        .because("a sample shows what any module can do")
        .check(House.SAMPLES);
  }
}
