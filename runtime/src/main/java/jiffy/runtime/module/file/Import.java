package jiffy.runtime.module.file;

/**
 * A symbol that a module uses and that must come from another module.
 *
 * @param owner internal name of the class it is looked for in
 * @param member its name; null for the class itself
 * @param descriptor of the member; null for the class itself
 */
public record Import(String owner, String member, String descriptor) {
  /** As messages call it: the function's name, as in C; for a class its binary name. */
  public String symbol() {
    boolean ofClass = member == null || member.equals("<init>");
    return ofClass ? owner.replace('/', '.') : member;
  }
}
