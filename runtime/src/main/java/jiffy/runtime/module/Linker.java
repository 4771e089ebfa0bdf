package jiffy.runtime.module;

import static jiffy.linux.Errno.EBUSY;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Errno.ENOEXEC;
import static jiffy.linux.Errno.ESRCH;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.module.file.Import;
import jiffy.runtime.module.file.ModuleNames;
import jiffy.runtime.module.loader.Links;
import org.pf4j.PluginDependency;

/**
 * Finds what a module needs of others: {@code simplify_symbols}, and the plugins that it depends
 * on. Thread safe.
 *
 * <p>A module whose init still runs is waited for, 30 s at most. One that goes has no symbols any
 * more. What was found is held until the user has gone, also if its load fails later.
 */
final class Linker {
  private static final long INIT_WAIT_NANOS = 30_000_000_000L;

  /**
   * What came of it.
   *
   * @param error 0 or negative, as {@link Modules#insmod} returns it
   * @param links what the user's classes see of other modules
   */
  record Linkage(int error, Links links) {}

  private final Arch arch;
  private final Registry registry;
  private final KernelLog log;

  Linker(Arch arch, Registry registry, KernelLog log) {
    this.arch = arch;
    this.registry = registry;
    this.log = log;
  }

  Linkage link(Context caller, LoadedModule user) {
    Map<String, ClassLoader> classes = new LinkedHashMap<>();
    List<ClassLoader> dependencies = new ArrayList<>();
    Linking linking = new Linking(caller, user);
    int error = linking.dependencies(dependencies);
    if (error == 0) {
      error = linking.symbols(dependencies);
    }
    if (error == 0) {
      error = collect(user, linking.libraries, classes);
    }
    return new Linkage(error, new Links(classes, dependencies));
  }

  /** What the libraries show; of two that show a class of one name, neither could be meant. */
  private int collect(
      LoadedModule user, Set<LoadedModule> libraries, Map<String, ClassLoader> classes) {
    for (LoadedModule library : libraries) {
      ClassLoader loader = library.loader();
      if (loader == null) {
        return -ENOENT; // the machine halts, and has taken it away all the same
      }
      for (String name : library.file.exports().classes().toList()) {
        ClassLoader other = classes.putIfAbsent(binary(name), loader);
        if (other != null) {
          log.print(
              KernelLog.ERR,
              user.name() + ": class " + binary(name) + " is of " + other + " and of " + loader);
          return -ENOEXEC;
        }
      }
      String conflict = SharedLibraries.conflict(user, library);
      if (conflict != null) {
        log.print(KernelLog.ERR, user.name() + ": " + conflict);
        return -ENOEXEC;
      }
    }
    for (LoadedModule library : libraries) {
      for (String name : library.file.exports().foreignTypes()) {
        classes.putIfAbsent(binary(name), library.loader());
      }
    }
    return 0;
  }

  private static String binary(String internalName) {
    return internalName.replace('/', '.');
  }

  /** One module's imports. */
  private final class Linking {
    private final Context caller;
    private final LoadedModule user;
    private final boolean isGplOk;
    private final Set<String> said = new TreeSet<>();
    private final Set<LoadedModule> givenUp = new HashSet<>();
    private boolean usesGplOnly;

    /** Whose symbols it uses, in the order of the first use. */
    final Set<LoadedModule> libraries = new LinkedHashSet<>();

    Linking(Context caller, LoadedModule user) {
      this.caller = caller;
      this.user = user;
      this.isGplOk = Taint.isFree(user.file.license());
    }

    /** What {@code Plugin-Dependencies} names, before any symbol: its classes are no symbols. */
    int dependencies(List<ClassLoader> loaders) {
      for (PluginDependency wanted : user.file.plugin().dependencies()) {
        int error = dependency(wanted, loaders);
        if (error != 0 && !wanted.isOptional()) {
          return error;
        }
      }
      return 0;
    }

    private int dependency(PluginDependency wanted, List<ClassLoader> loaders) {
      while (true) {
        LoadedModule found = plugin(wanted.getPluginId());
        String complaint = PluginVersions.complaint(wanted, found);
        if (complaint != null) {
          warn(complaint);
          return found == null ? -ENOENT : -ESRCH;
        }
        if (found == null) {
          return -ENOENT; // and optional
        }
        int error = registry.use(user, found);
        if (error == 0) {
          ClassLoader loader = found.loader();
          if (loader == null) {
            return -ENOENT; // as in collect
          }
          loaders.add(loader);
          return 0;
        }
        if (error != -EBUSY || !awaitInit(found)) {
          warn(": plugin " + wanted.getPluginId() + ", which it depends on, is not live");
          return error;
        }
      }
    }

    /** Several ids give one module's name. A kernel module is meant by its own name, too. */
    private LoadedModule plugin(String id) {
      LoadedModule found = registry.find(ModuleNames.ofPlugin(id));
      if (found == null || found.file.plugin().id().equals(id)) {
        return found;
      }
      boolean isMeant =
          !found.file.plugin().isPlain() && found.name().equals(ModuleNames.canonical(id));
      return isMeant ? found : null;
    }

    /**
     * @param dependencies what they have needs no symbol
     */
    int symbols(List<ClassLoader> dependencies) {
      int result = 0;
      for (Import wanted : functionsFirst()) {
        if (dependencies.stream().anyMatch(each -> has(each, wanted))) {
          continue;
        }
        int error = resolve(wanted);
        if (error == -ENOENT && user.file.plugin().isPlain()) {
          continue; // PF4J asks for no class before it is used: it may never be
        }
        if (error != 0) {
          result = error;
          if (said.add(wanted.symbol())) {
            warn(": Unknown symbol " + wanted.symbol() + " (err " + error + ")");
          }
        }
      }
      return result;
    }

    private static boolean has(ClassLoader dependency, Import wanted) {
      return dependency.getResource(wanted.owner() + ".class") != null;
    }

    /** For they say which libraries are linked to, and so whose types are meant. */
    private List<Import> functionsFirst() {
      List<Import> functions = new ArrayList<>();
      List<Import> others = new ArrayList<>();
      for (Import wanted : user.file.imports()) {
        SymbolTable.Symbol symbol = registry.symbol(user, wanted);
        boolean isFunction = symbol != null && symbol.export() != null;
        (isFunction ? functions : others).add(wanted);
      }
      functions.addAll(others);
      return functions;
    }

    /** {@code resolve_symbol_wait}. */
    private int resolve(Import wanted) {
      while (true) {
        SymbolTable.Symbol symbol = registry.symbol(user, wanted);
        if (symbol == null) {
          return absent(wanted);
        }
        if (symbol.isGpl() && !isGplOk || !inheritsTaint(symbol, wanted)) {
          return -ENOENT;
        }
        int error = registry.use(user, symbol.module());
        if (error == 0) {
          libraries.add(symbol.module());
        }
        if (error != -EBUSY || !awaitInit(symbol.module())) {
          return error;
        }
      }
    }

    private int absent(Import wanted) {
      if (!registry.hasOtherVersion(wanted)) {
        return -ENOENT;
      }
      warn(": disagrees about version of symbol " + wanted.symbol());
      return -EINVAL;
    }

    private boolean awaitInit(LoadedModule library) {
      if (caller.owner() == library.owner || givenUp.contains(library)) {
        return false; // its own init loads what needs it: that would never end
      }
      if (registry.awaitDecision(caller, library, arch.now() + INIT_WAIT_NANOS)) {
        return true;
      }
      givenUp.add(library);
      warn(": gave up waiting for init of module " + library.name() + ".");
      return false;
    }

    /** {@code inherit_taint}: who uses a proprietary module's symbols is no better. */
    private boolean inheritsTaint(SymbolTable.Symbol symbol, Import wanted) {
      usesGplOnly |= symbol.isGpl();
      long proprietary = Taint.Flag.PROPRIETARY_MODULE.mask;
      if ((symbol.module().taints() & proprietary) == 0) {
        return true;
      }
      String owner = symbol.module().name();
      if (usesGplOnly) {
        log.print(
            KernelLog.ERR,
            user.name()
                + ": module using GPL-only symbols uses symbols "
                + wanted.symbol()
                + " from proprietary module "
                + owner
                + ".");
        return false;
      }
      if ((user.taints() & proprietary) == 0) {
        warn(
            ": module uses symbols "
                + wanted.symbol()
                + " from proprietary module "
                + owner
                + ", inheriting taint.");
        user.setTaints(user.taints() | proprietary);
      }
      return true;
    }

    private void warn(String text) {
      log.print(KernelLog.WARNING, user.name() + text);
    }
  }
}
