package jiffy.runtime.module.loader;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Whether the class loaders of modules that are gone have been collected. Holds them weakly; forces
 * no GC. Thread safe.
 */
public final class LoaderWatch {
  /*
   * That a loader is still there after a GC says nothing: most collections unload no class. So each
   * loader is given a canary, a loader with one tiny class that nobody holds and that becomes garbage
   * at the same moment. A canary that is gone proves that a collection has looked. One is not enough:
   * the task that unloads the module has it on its stack for a moment, and a JIT compiler may work on
   * one of its methods. So whoever asks and finds the canary gone and the loader there plants another;
   * only if CANARIES of them have gone and the loader is still there, somebody holds it.
   */

  /** So many collections must have found a loader in use. */
  private static final int CANARIES = 3;

  /** How many that were collected are remembered. */
  private static final int KEPT = 64;

  private static final class Canary extends ClassLoader {
    Canary() {
      super("canary", null);
      ClassWriter writer = new ClassWriter(0);
      writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "Canary", null, "java/lang/Object", null);
      writer.visitEnd();
      byte[] bytes = writer.toByteArray();
      resolveClass(defineClass("Canary", bytes, 0, bytes.length));
    }
  }

  /** Guarded by the watch. */
  private static final class Entry {
    final String module;
    final WeakReference<ClassLoader> loader;
    WeakReference<ClassLoader> canary = new WeakReference<>(new Canary());
    int canariesGone;
    boolean isSaid;

    Entry(String module, ClassLoader loader) {
      this.module = module;
      this.loader = new WeakReference<>(loader);
    }

    UnloadedLoader look() {
      boolean isLooked = canary.get() == null; // before the loader: it may go in between
      boolean isCollected = loader.get() == null;
      if (isLooked && !isCollected && canariesGone < CANARIES) {
        canariesGone++;
        canary = new WeakReference<>(new Canary());
      }
      boolean isHeld = canariesGone == CANARIES && !isCollected;
      return new UnloadedLoader(module, isCollected, isHeld);
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  /** Nothing to watch yet. */
  public LoaderWatch() {}

  /** A module's loader was closed. */
  public synchronized void add(String module, ClassLoader loader) {
    entries.add(new Entry(module, loader));
    int surplus = entries.size() - KEPT;
    for (int i = 0; surplus > 0 && i < entries.size(); ) {
      if (entries.get(i).loader.get() == null) {
        entries.remove(i);
        surplus--;
      } else {
        i++;
      }
    }
  }

  /** All that are remembered, oldest first. */
  public synchronized List<UnloadedLoader> unloaded() {
    return entries.stream().map(Entry::look).toList();
  }

  /** The modules whose loader is held, each once. */
  public synchronized List<String> newlyHeld() {
    List<String> held = new ArrayList<>();
    for (Entry entry : entries) {
      if (!entry.isSaid && entry.look().isHeld()) {
        entry.isSaid = true;
        held.add(entry.module);
      }
    }
    return held;
  }
}
