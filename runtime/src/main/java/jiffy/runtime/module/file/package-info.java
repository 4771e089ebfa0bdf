/**
 * What a module's JAR says of itself, read with ASM; no code of it runs.
 *
 * <p>Doors: {@link jiffy.runtime.module.file.ModuleFile}, for the loader, modinfo and depmod alike,
 * and {@link jiffy.runtime.module.file.Visibility}, the rule of what a module's classes may see.
 * Needs no kernel: any thread may call. {@link jiffy.runtime.module.file.HostClasses} is a thread
 * safe cache, all else is immutable. Follows {@code kernel/module/main.c}, from {@code
 * elf_validity_check} to {@code simplify_symbols}.
 */
package jiffy.runtime.module.file;
