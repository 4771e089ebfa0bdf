package jiffy.runtime.module.weave;

import java.util.ArrayDeque;
import java.util.Deque;
import org.objectweb.asm.Opcodes;

/**
 * Tells which accesses to arrays in a method's code are the compiler's: the stores of an array
 * initializer, of which {@code printk("%d %d %d %d\n", a, b, c, d)} has four, and the table of a
 * switch over an enum. Nobody else knows such an array, so these are no choice points.
 *
 * <p>By the sequences that javac makes; where one is not understood the access counts as the
 * program's own, which costs no more than time.
 */
final class CompilerArrays {
  /*
   *   initializer: NEWARRAY { DUP const <element> xASTORE }
   *   switch:      GETSTATIC X$1.$SwitchMap$E <enum> ordinal() IALOAD
   *
   * <element> may have initializers of its own, and assignments to other arrays: as expressions, these
   * begin with a DUP_X2 or DUP2_X2 for the value that stays. So `stores` says of each store that is to
   * come whether it is an initializer's. A branch within an element ends the counting.
   */
  private enum Last {
    OTHER,
    ARRAY_MADE,
    ARRAY_DOUBLED,
    ORDINAL
  }

  private final Deque<Boolean> stores = new ArrayDeque<>();
  private int switchTables;
  private Last last = Last.OTHER;

  /** The next instruction, which is none of those below. @return whether it is such an access */
  boolean see(int opcode) {
    Last before = last;
    last = Last.OTHER;
    if (opcode == Opcodes.IALOAD && before == Last.ORDINAL && switchTables > 0) {
      switchTables--;
      return true;
    }
    if (opcode >= Opcodes.IASTORE && opcode <= Opcodes.SASTORE) {
      boolean isInitializers = !stores.isEmpty() && stores.pop();
      last = isInitializers ? Last.ARRAY_MADE : Last.OTHER;
      return isInitializers;
    }
    switch (opcode) {
      case Opcodes.NEWARRAY:
      case Opcodes.ANEWARRAY:
        last = Last.ARRAY_MADE;
        break;
      case Opcodes.DUP:
        last = before == Last.ARRAY_MADE ? Last.ARRAY_DOUBLED : Last.OTHER;
        break;
      case Opcodes.DUP_X2:
      case Opcodes.DUP2_X2:
        stores.push(false);
        break;
      default:
        if (before == Last.ARRAY_DOUBLED && isConstant(opcode)) {
          stores.push(true);
        }
    }
    return false;
  }

  private static boolean isConstant(int opcode) {
    return opcode >= Opcodes.ICONST_0 && opcode <= Opcodes.ICONST_5
        || opcode == Opcodes.BIPUSH
        || opcode == Opcodes.SIPUSH
        || opcode == Opcodes.LDC;
  }

  void seeField(int opcode, String name) {
    last = Last.OTHER;
    if (opcode == Opcodes.GETSTATIC && name.startsWith("$SwitchMap$")) {
      switchTables++;
    }
  }

  void seeCall(String name, String descriptor) {
    last = name.equals("ordinal") && descriptor.equals("()I") ? Last.ORDINAL : Last.OTHER;
  }

  /** A jump, or where one arrives. */
  void seeBranch() {
    last = Last.OTHER;
    stores.clear();
  }
}
