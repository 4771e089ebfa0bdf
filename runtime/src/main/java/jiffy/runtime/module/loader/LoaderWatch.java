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
   * at the same moment. A canary that is gone proves that a collection has looked; if the loader
   * is still there then, somebody holds it.
   */

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

  private static final class Entry {
    final String module;
    final WeakReference<ClassLoader> loader;
    final WeakReference<ClassLoader> canary = new WeakReference<>(new Canary());
    boolean isSaid;

    Entry(String module, ClassLoader loader) {
      this.module = module;
      this.loader = new WeakReference<>(loader);
    }

    UnloadedLoader look() {
      boolean isLooked = canary.get() == null; // before the loader: it may go in between
      boolean isCollected = loader.get() == null;
      return new UnloadedLoader(module, isCollected, isLooked && !isCollected);
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
