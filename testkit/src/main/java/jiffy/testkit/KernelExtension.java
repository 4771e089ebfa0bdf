package jiffy.testkit;

import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Behind {@link JiffyTest}: a machine a test. */
public final class KernelExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(KernelExtension.class);

  /** A booted machine and the test thread's stay in it. */
  private record Session(Machine machine, Attachment test) {}

  @Override
  public void beforeEach(ExtensionContext context) {
    session(context);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Session session = context.getStore(NAMESPACE).remove(context.getUniqueId(), Session.class);
    if (session != null) {
      session.machine.close();
      session.test.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Machine.class || type == Simulation.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Machine machine = session(context).machine;
    return parameter.getParameter().getType() == Machine.class
        ? machine
        : machine.simulation().orElseThrow();
  }

  private static Session session(ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(context.getUniqueId(), id -> boot(context), Session.class);
  }

  private static Session boot(ExtensionContext context) {
    String commandLine =
        AnnotationSupport.findAnnotation(context.getRequiredTestClass(), JiffyTest.class)
            .map(JiffyTest::value)
            .orElse("");
    Machine machine = Machine.simulate(commandLine);
    return new Session(machine, machine.attach("test"));
  }
}
