package jiffy.runtime.printk;

import java.lang.StackWalker.StackFrame;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.kernel.OwnedLoader;
import jiffy.types.RatelimitState;

/**
 * What C's macros keep in a static variable of their own: whether this place has printed, and how
 * often. One a kernel.
 *
 * <p>A place is a class and, in it, a method and the index of the byte code that calls. It is found
 * by a walk up the stack, to the first frame that is neither the kernel's nor the JDK's: a
 * microsecond or two. What is known of a module's places is kept by its class loader, and of
 * others' under a weak key, and refers to no class; so it goes with the module.
 *
 * <p>Any context, thread safe. Nothing here is left half done by a StackOverflowError.
 */
public final class CallSites {
  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private static final String LAMBDA = "lambda$";

  /** A place within its class. */
  private record Place(String type, String method, String descriptor, int byteCode) {}

  /** What is known of a place. */
  public static final class CallSite {
    /** The function that it is in: a lambda is in the one around it. */
    public final String function;

    /** Of what this place prints now and then. */
    public final RatelimitState limit = new RatelimitState();

    private final AtomicBoolean done = new AtomicBoolean();

    CallSite(String method, int intervalJiffies, int burst) {
      function = functionOf(method);
      limit.interval = intervalJiffies;
      limit.burst = burst;
    }

    /** Whether this is the first call. */
    public boolean first() {
      return !done.get() && done.compareAndSet(false, true);
    }
  }

  private final int intervalJiffies;
  private final int burst;

  /** Guarded by itself. */
  private final Map<Class<?>, ConcurrentMap<Object, Object>> ofOthers = new WeakHashMap<>();

  /** Places where each interval lets a burst through. */
  public CallSites(int intervalJiffies, int burst) {
    this.intervalJiffies = intervalJiffies;
    this.burst = burst;
  }

  /** The place that called a function of the API which led here. */
  public CallSite caller() {
    StackFrame frame = callerFrame();
    Class<?> type = frame.getDeclaringClass();
    ConcurrentMap<Object, Object> sites = sitesOf(type);
    Place place =
        new Place(
            type.getName(), frame.getMethodName(), frame.getDescriptor(), frame.getByteCodeIndex());
    CallSite known = (CallSite) sites.get(place);
    if (known != null) {
      return known;
    }
    CallSite made = new CallSite(place.method(), intervalJiffies, burst);
    CallSite other = (CallSite) sites.putIfAbsent(place, made);
    return other == null ? made : other;
  }

  /** The function that called one of the API which led here. */
  public String callerFunction() {
    return functionOf(callerFrame().getMethodName());
  }

  private ConcurrentMap<Object, Object> sitesOf(Class<?> type) {
    if (type.getClassLoader() instanceof OwnedLoader loader) {
      return loader.sites();
    }
    synchronized (ofOthers) {
      ConcurrentMap<Object, Object> sites = ofOthers.get(type);
      if (sites == null) {
        sites = new ConcurrentHashMap<>();
        ofOthers.put(type, sites);
      }
      return sites;
    }
  }

  private static StackFrame callerFrame() {
    return STACK
        .walk(frames -> frames.filter(frame -> !isKernels(frame.getClassName())).findFirst())
        .orElseThrow(() -> new IllegalStateException("no caller outside the kernel"));
  }

  private static boolean isKernels(String className) {
    return className.startsWith("jiffy.linux.")
        || className.startsWith("jiffy.runtime.")
        || className.startsWith("jiffy.kernel.")
        || className.startsWith("java.")
        || className.startsWith("jdk.internal.");
  }

  /** {@code f} of {@code lambda$f$0}. */
  private static String functionOf(String method) {
    if (!method.startsWith(LAMBDA)) {
      return method;
    }
    int end = method.indexOf('$', LAMBDA.length());
    return end < 0 ? method : method.substring(LAMBDA.length(), end);
  }
}
