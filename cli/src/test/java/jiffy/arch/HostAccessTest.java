package jiffy.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Time, threads, standard streams and static state: each has one place. */
class HostAccessTest {
  private static final Set<String> CLOCKS = Set.of("nanoTime", "currentTimeMillis");
  private static final Set<String> STREAMS = Set.of("out", "err");

  private static final DescribedPredicate<JavaClass> HOST_ADAPTER =
      describe(
          "one of " + House.HOST_ADAPTERS,
          type ->
              House.HOST_ADAPTERS.stream()
                  .anyMatch(
                      name ->
                          type.getName().equals(name) || type.getName().startsWith(name + "$")));

  /** Calls and method references alike. */
  private static final DescribedPredicate<JavaAccess<?>> TIME_OR_THREADS =
      describe("the host's time and threads", HostAccessTest::isTimeOrThread);

  private static final DescribedPredicate<JavaAccess<?>> STANDARD_STREAMS_OR_EXIT =
      describe("System.out, System.err or the end of the JVM", HostAccessTest::isStreamOrExit);

  @Test
  void kernel_takesTimeAndThreadsFromArch() {
    noClasses()
        .that()
        .resideInAnyPackage("jiffy.runtime..", "jiffy.kernel..", "jiffy.linux..", "jiffy.types..")
        .and(not(resideInAPackage("jiffy.runtime.arch..")))
        .and(not(HOST_ADAPTER))
        .should()
        .accessTargetWhere(TIME_OR_THREADS)
        .because("only jiffy.runtime.arch knows whether time is real or virtual")
        .check(House.JIFFY);
  }

  @Test
  void standardStreamsAndExit_belongToTheTools() {
    noClasses()
        .that(not(resideInAPackage("jiffy.cli..")))
        .should()
        .accessTargetWhere(STANDARD_STREAMS_OR_EXIT)
        .because("the kernel speaks through printk, and an embedder's JVM is not ours to end")
        .check(House.JIFFY);
  }

  @Test
  void runtime_hasNoStaticMutableState() {
    noFields()
        .that()
        .areDeclaredInClassesThat()
        .resideInAPackage("jiffy.runtime..")
        .and()
        .areStatic()
        .should()
        .notBeFinal()
        .because("several kernels live side by side in one JVM")
        .check(House.JIFFY);
  }

  private static boolean isTimeOrThread(JavaAccess<?> access) {
    AccessTarget target = access.getTarget();
    JavaClass owner = target.getOwner();
    String name = target.getName();
    if (owner.isEquivalentTo(System.class)) {
      return CLOCKS.contains(name);
    }
    if (owner.isEquivalentTo(Instant.class)) {
      return name.equals("now");
    }
    if (owner.isEquivalentTo(Object.class)) {
      return name.equals("wait");
    }
    if (owner.isAssignableTo(Thread.class)) {
      boolean creates = name.equals(JavaConstructor.CONSTRUCTOR_NAME) && !isSuperCall(access);
      return creates || name.equals("start") || name.equals("sleep");
    }
    return owner.isEquivalentTo(LockSupport.class) || owner.isEquivalentTo(Executors.class);
  }

  private static boolean isSuperCall(JavaAccess<?> access) {
    return access.getOrigin().isConstructor()
        && access.getOriginOwner().isAssignableTo(access.getTargetOwner().getName());
  }

  private static boolean isStreamOrExit(JavaAccess<?> access) {
    AccessTarget target = access.getTarget();
    JavaClass owner = target.getOwner();
    String name = target.getName();
    if (owner.isEquivalentTo(System.class)) {
      return STREAMS.contains(name) || name.equals("exit");
    }
    return owner.isEquivalentTo(Runtime.class) && (name.equals("exit") || name.equals("halt"));
  }
}
