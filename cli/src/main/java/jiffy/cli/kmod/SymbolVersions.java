package jiffy.cli.kmod;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import jiffy.runtime.module.file.BadModuleException;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.file.ModuleFile;

/**
 * The symbols that a JAR has and wants, each with a number that stands for its class and signature:
 * it is the same on both sides if, and only if, they fit.
 */
final class SymbolVersions {
  private SymbolVersions() {}

  /** What {@code --show-exports} prints. */
  static List<String> exports(Path jar) throws BadModuleException {
    return read(jar).exports().symbols().stream()
        .map(each -> line(each.owner(), each.member(), each.descriptor()))
        .toList();
  }

  /** What {@code --show-modversions} prints. */
  static List<String> imports(Path jar) throws BadModuleException {
    return functions(read(jar)).toList();
  }

  private static Stream<String> functions(ModuleFile file) {
    return file.imports().stream()
        .filter(each -> each.member() != null && each.descriptor() != null)
        .map(each -> line(each.owner(), each.member(), each.descriptor()));
  }

  /** The names of what a JAR wants of other modules. */
  static List<String> wanted(Path jar) throws BadModuleException {
    return read(jar).imports().stream().map(each -> each.symbol()).distinct().toList();
  }

  private static ModuleFile read(Path jar) throws BadModuleException {
    return ModuleFile.read(jar, jar.getFileName().toString(), new HostClasses());
  }

  private static String line(String owner, String member, String descriptor) {
    CRC32 crc = new CRC32();
    crc.update((owner + "." + member + descriptor).getBytes(StandardCharsets.UTF_8));
    return String.format(Locale.ROOT, "0x%08x\t%s", crc.getValue(), member);
  }
}
