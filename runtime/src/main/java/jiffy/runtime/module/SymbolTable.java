package jiffy.runtime.module;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.LinkedHashMultimap;
import com.google.common.collect.ListMultimap;
import com.google.common.collect.SetMultimap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jiffy.runtime.module.file.Export;
import jiffy.runtime.module.file.Import;

/**
 * The symbols that modules export, and which module uses which. Guarded by {@link Registry}'s lock.
 */
final class SymbolTable {
  /**
   * A symbol of a module.
   *
   * @param export null for a type
   */
  record Symbol(LoadedModule module, Export export) {
    boolean isGpl() {
      return export != null && export.isGpl();
    }
  }

  /** By name; several of a name are overloads, of one class of one module. */
  private final ListMultimap<String, Symbol> symbols = ArrayListMultimap.create();

  /** By internal name of a class that users of these modules see. */
  private final ListMultimap<String, LoadedModule> classes = ArrayListMultimap.create();

  /** Library to users, in the order in which these came. */
  private final SetMultimap<LoadedModule, LoadedModule> users = LinkedHashMultimap.create();

  /** User to libraries, likewise. */
  private final SetMultimap<LoadedModule, LoadedModule> libraries = LinkedHashMultimap.create();

  /** The first symbol of a module that another module has already; null if there is none. */
  Symbol duplicate(LoadedModule module) {
    for (Export export : module.file.exports().symbols()) {
      for (Symbol other : symbols.get(export.member())) {
        return other;
      }
    }
    return null;
  }

  void publish(LoadedModule module) {
    for (Export export : module.file.exports().symbols()) {
      symbols.put(export.member(), new Symbol(module, export));
    }
    module.file.exports().classes().forEach(name -> classes.put(name, module));
  }

  /** Forgets a module's symbols and what it used; looks at nobody else's. */
  void forget(LoadedModule module) {
    for (Export export : module.file.exports().symbols()) {
      symbols.get(export.member()).removeIf(symbol -> symbol.module() == module);
    }
    module.file.exports().classes().forEach(name -> classes.remove(name, module));
    for (LoadedModule library : libraries.removeAll(module)) {
      users.remove(library, module);
      library.put();
    }
    for (LoadedModule user : users.removeAll(module)) { // at a halt it may go before them
      libraries.remove(user, module);
    }
  }

  /**
   * What an import means; of two modules that show the same type the one that the user links to
   * already.
   *
   * @return null if nobody has it
   */
  Symbol find(LoadedModule user, Import wanted) {
    if (wanted.member() != null) {
      for (Symbol symbol : symbols.get(wanted.member())) {
        Export export = symbol.export();
        if (export.owner().equals(wanted.owner())
            && export.descriptor().equals(wanted.descriptor())) {
          return symbol;
        }
      }
    }
    LoadedModule found = null;
    for (LoadedModule module : classes.get(wanted.owner())) {
      boolean isWhole = wanted.member() == null || isType(module, wanted.owner());
      if (isWhole && (found == null || uses(user, module))) {
        found = module;
      }
    }
    return found == null ? null : new Symbol(found, null);
  }

  private static boolean isType(LoadedModule module, String className) {
    return module.file.exports().types().contains(className);
  }

  /** Whether that class exports a method of that name, with another signature. */
  boolean hasOtherVersion(Import wanted) {
    return symbols.get(String.valueOf(wanted.member())).stream()
        .map(Symbol::export)
        .anyMatch(
            export -> // the same signature: a library that has come since the search
            export.owner().equals(wanted.owner())
                    && !export.descriptor().equals(wanted.descriptor()));
  }

  boolean uses(LoadedModule user, LoadedModule library) {
    return users.containsEntry(library, user);
  }

  /** {@code ref_module}: from now on the library cannot go. @return false if it goes already */
  boolean use(LoadedModule user, LoadedModule library) {
    if (uses(user, library)) {
      return true;
    }
    return library.tryGet() && users.put(library, user) && libraries.put(user, library);
  }

  boolean isUsed(LoadedModule library) {
    return users.containsKey(library);
  }

  /** The names of those that use it, newest first. */
  List<String> holders(LoadedModule library) {
    List<String> names = new ArrayList<>();
    users.get(library).forEach(user -> names.add(user.name()));
    Collections.reverse(names);
    return List.copyOf(names);
  }

  /** What a module links to, in the order in which it did. */
  List<LoadedModule> libraries(LoadedModule user) {
    return List.copyOf(libraries.get(user));
  }
}
