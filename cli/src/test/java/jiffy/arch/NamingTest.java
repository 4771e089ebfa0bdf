package jiffy.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The case of a name tells where it comes from; every room has its map. */
class NamingTest {
  private static final Set<String> LINUX_NAMES = Set.of("jiffy.linux", "jiffy.types");

  private static final DescribedPredicate<JavaMethod> IMPLEMENTS_A_LINUX_NAME =
      describe(
          "implement a method of " + LINUX_NAMES,
          method ->
              supertypes(method.getOwner())
                  .filter(type -> LINUX_NAMES.contains(type.getPackageName()))
                  .flatMap(type -> type.getMethods().stream())
                  .anyMatch(inherited -> inherited.getName().equals(method.getName())));

  @Test
  void snakeCase_meansALinuxName() {
    noMethods()
        .that()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackages("jiffy.linux..", "jiffy.types..")
        .and()
        .doNotHaveModifier(SYNTHETIC)
        .and(DescribedPredicate.not(IMPLEMENTS_A_LINUX_NAME))
        .should()
        .haveNameContaining("_")
        .because("snake_case is Linux's name with Linux's meaning, camelCase is ours")
        .check(House.JIFFY);
  }

  @Test
  void doubleUnderscoreFields_areTheStructsInsides() {
    noFields()
        .that()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackages("jiffy.types..", "jiffy.linux..") // C's own: __GFP_ZERO
        .and()
        .doNotHaveModifier(SYNTHETIC)
        .should()
        .haveNameStartingWith("__")
        .check(House.JIFFY);
  }

  @Test
  void everyPackage_hasAPackageInfo() throws IOException {
    List<Path> bare = new ArrayList<>();
    for (Path tree : House.sourceTrees()) {
      try (Stream<Path> dirs = Files.walk(tree)) {
        for (Path dir : dirs.filter(Files::isDirectory).toList()) {
          if (holdsJava(dir) && !Files.exists(dir.resolve("package-info.java"))) {
            bare.add(House.root().relativize(dir));
          }
        }
      }
    }
    assertThat(bare).as("packages without package-info.java, the map of the room").isEmpty();
  }

  private static boolean holdsJava(Path dir) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.anyMatch(file -> file.toString().endsWith(".java"));
    }
  }

  private static Stream<JavaClass> supertypes(JavaClass type) {
    return Stream.concat(
        type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream());
  }
}
