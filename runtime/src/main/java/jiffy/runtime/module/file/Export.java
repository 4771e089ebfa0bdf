package jiffy.runtime.module.file;

/**
 * A symbol that a module exports: a method with {@code @ExportSymbol}.
 *
 * @param owner internal name of its class
 * @param member its name, which is the symbol's
 * @param descriptor its parameters and result
 * @param isGpl whether modules whose licence taints the kernel do not get it
 */
public record Export(String owner, String member, String descriptor, boolean isGpl) {}
