package jiffy.types;

import jiffy.kernel.Owner;

/**
 * {@code struct module}: one load of one module, as the functions of {@link jiffy.linux.Modules}
 * take it.
 *
 * <p>Keeps none of the module's classes: who still has it after the module has gone has a name.
 */
public final class ModuleStruct {
  /** Its name, as lsmod shows it. */
  public final String name;

  /** The same load, as the runtime knows it. */
  public final Owner __owner;

  /** Made by {@link Owner}, one each. */
  public ModuleStruct(Owner owner) {
    this.name = owner.name;
    this.__owner = owner;
  }

  @Override
  public String toString() {
    return name;
  }
}
