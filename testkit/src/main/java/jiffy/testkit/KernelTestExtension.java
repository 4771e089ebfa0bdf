package jiffy.testkit;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.arch.SchedulePolicy;
import jiffy.runtime.arch.SimThreads;
import jiffy.runtime.module.weave.Weaver;
import jiffy.testkit.explore.Exploration;
import jiffy.testkit.explore.Run;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** Behind {@link KernelTest}. */
public final class KernelTestExtension
    implements BeforeEachCallback, AfterEachCallback, InvocationInterceptor, ParameterResolver {
  /*
   * A plain test: one machine, from beforeEach to afterEach; JUnit calls its parts, each of which is
   * sent to the body's thread.
   *
   * A test under many schedules: JUnit's own calls of the class's methods are skipped, and the call
   * of the test becomes a loop; each turn has a machine, an instance and the calls of its own.
   */
  private static final Namespace NAMESPACE = Namespace.create(KernelTestExtension.class);
  private static final String STATE = "state";

  /** What a test method has. */
  private static final class State {
    final Settings settings;
    final Weaver weaver;
    final SimThreads threads = new SimThreads();
    final Path jars = TemporaryDirectory.create();
    Body body;
    Session session;

    /** The machine of the last run; switched off. */
    Session last;

    State(Settings settings, Weaver weaver) {
      this.settings = settings;
      this.weaver = weaver;
      this.body = new Body("test");
    }

    Session boot(SchedulePolicy policy) throws Throwable {
      session = new Session(body, settings, jars, policy, weaver, threads);
      return session;
    }

    /** The body hangs: the next one gets a thread of its own. */
    void abandon() {
      session.abandon();
      session = null;
      body.close();
      body = new Body("test");
    }

    void close() {
      body.close();
      threads.close();
      TemporaryDirectory.delete(jars);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    Weaver weaver = // one for all tests: they load the same modules again and again
        context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent(Weaver.class);
    State state = new State(Settings.of(context), weaver);
    context.getStore(NAMESPACE).put(STATE, state);
    if (!state.settings.isExplored()) {
      unchecked(() -> state.boot(null));
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    State state = context.getStore(NAMESPACE).remove(STATE, State.class);
    if (state == null) { // beforeEach has failed, this one's or another extension's
      return;
    }
    try {
      if (state.session != null) {
        boolean hasFailed = context.getExecutionException().isPresent();
        finish(state, hasFailed);
      }
    } finally {
      state.close();
    }
  }

  /** Looks for what is left, unless the test has failed anyway, and switches off. */
  private static void finish(State state, boolean hasFailed) {
    Session session = state.session;
    unchecked(
        () -> {
          try {
            if (!hasFailed) {
              session.check();
            }
          } finally {
            session.close();
          }
          if (!hasFailed && !state.settings.mayLeave()) {
            session.checkLoaders();
          }
        });
  }

  @Override
  public void interceptBeforeEachMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    part(invocation, context);
  }

  @Override
  public void interceptAfterEachMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    part(invocation, context);
  }

  private static void part(Invocation<Void> invocation, ExtensionContext context) throws Throwable {
    State state = state(context);
    if (state.session == null) { // explored: in a run of its own; or the body hangs
      invocation.skip();
    } else {
      run(state, invocation::proceed);
    }
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    State state = state(context);
    if (!state.settings.isExplored()) {
      run(state, invocation::proceed);
      return;
    }
    invocation.skip();
    Settings settings = state.settings;
    Exploration exploration =
        new Exploration(
            settings.seed(), settings.holdUpNanos(), run -> thrownBy(run, state, context));
    Optional<Exploration.Failure> failure =
        settings.replay().isPresent()
            ? exploration.replay(settings.replay().get())
            : exploration.explore(settings.schedules());
    if (failure.isPresent()) {
      throw new ScheduleFailure(failure.get(), settings);
    }
    if (!settings.mayLeave()) {
      state.threads.close(); // else one of them could hold a module, by a thread-local
      state.last.checkLoaders();
    }
  }

  private static void run(State state, Body.Part part) throws Throwable {
    try {
      state.session.run(part);
    } catch (StalledTestError | Body.TimedOut e) {
      state.abandon();
      throw e;
    }
  }

  /** One run under one schedule, on a machine and an instance of its own. */
  private static Throwable thrownBy(Run run, State state, ExtensionContext context) {
    try {
      Session session = state.boot(run);
      try {
        run(
            state,
            () -> {
              run.begin();
              try {
                body(context);
              } finally {
                run.end();
              }
            });
        session.check();
      } finally {
        if (state.session != null) {
          session.close();
          state.last = session;
          state.session = null;
        }
      }
      return null;
    } catch (Body.TimedOut e) { // ends the test, whatever the schedule
      throw KernelTestExtension.<RuntimeException>asUnchecked(e);
    } catch (Throwable e) {
      return e;
    }
  }

  private static void body(ExtensionContext context) {
    List<Object> instances = new ArrayList<>(instances(context)); // the outermost first
    Object innermost = instances.get(instances.size() - 1);
    Throwable thrown = null;
    try {
      for (Object each : instances) {
        for (Method before :
            AnnotationSupport.findAnnotatedMethods(
                each.getClass(), BeforeEach.class, HierarchyTraversalMode.TOP_DOWN)) {
          context.getExecutableInvoker().invoke(before, each);
        }
      }
      context.getExecutableInvoker().invoke(context.getRequiredTestMethod(), innermost);
    } catch (Throwable e) {
      thrown = e;
    }
    Collections.reverse(instances);
    for (Object each : instances) {
      for (Method after :
          AnnotationSupport.findAnnotatedMethods(
              each.getClass(), AfterEach.class, HierarchyTraversalMode.BOTTOM_UP)) {
        try {
          context.getExecutableInvoker().invoke(after, each);
        } catch (Throwable e) {
          if (thrown == null) {
            thrown = e;
          } else {
            thrown.addSuppressed(e);
          }
        }
      }
    }
    if (thrown != null) {
      throw KernelTestExtension.<RuntimeException>asUnchecked(thrown);
    }
  }

  /** Of the test class and those around it; JUnit's own, if a class is to have just one. */
  private static List<Object> instances(ExtensionContext context) {
    List<Object> originals = context.getRequiredTestInstances().getAllInstances();
    if (context.getTestInstanceLifecycle().orElseThrow() == Lifecycle.PER_CLASS) {
      return originals;
    }
    List<Object> instances = new ArrayList<>();
    for (Object original : originals) {
      Constructor<?> constructor =
          original.getClass().getDeclaredConstructors()[0]; // JUnit allows just one
      Object outer = instances.isEmpty() ? null : instances.get(instances.size() - 1);
      Object instance =
          outer == null
              ? context.getExecutableInvoker().invoke(constructor)
              : context.getExecutableInvoker().invoke(constructor, outer);
      carryOver(original, instance);
      instances.add(instance);
    }
    return instances;
  }

  /** Other extensions have filled in the annotated fields of JUnit's own instance. */
  private static void carryOver(Object from, Object to) {
    for (Class<?> type = from.getClass(); type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        boolean isInstances = !Modifier.isStatic(field.getModifiers());
        if (isInstances && field.getAnnotations().length > 0) {
          try {
            field.setAccessible(true);
            field.set(to, field.get(from));
          } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + " cannot be carried over", e);
          }
        }
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == TestMachine.class || type == Machine.class || type == Simulation.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Session session = state(context).session;
    if (session == null) {
      return null; // of a call that JUnit makes and this skips
    }
    Class<?> type = parameter.getParameter().getType();
    return type == TestMachine.class
        ? session.kernel
        : type == Machine.class ? session.machine() : session.machine().simulation().orElseThrow();
  }

  private static State state(ExtensionContext context) {
    return context.getStore(NAMESPACE).get(STATE, State.class);
  }

  private static void unchecked(Body.Part part) {
    try {
      part.run();
    } catch (Throwable e) {
      throw KernelTestExtension.<RuntimeException>asUnchecked(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T asUnchecked(Throwable e) throws T {
    throw (T) e;
  }
}
