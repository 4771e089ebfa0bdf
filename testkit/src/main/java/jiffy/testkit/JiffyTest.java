package jiffy.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test of the class a kernel on virtual time, with the test's thread attached to it as
 * task {@code test}; kernel functions may be called in the test's body.
 *
 * <p>Test methods, constructors and life-cycle methods may take a {@link jiffy.runtime.Machine} or
 * a {@link jiffy.runtime.Simulation}. After the test the machine is closed.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KernelExtension.class)
public @interface JiffyTest {
  /** The kernel command line. */
  String value() default "hz=250 nr_cpus=2";
}
