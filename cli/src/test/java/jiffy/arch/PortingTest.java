package jiffy.arch;

import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/porting.md} names nothing that there is not, and leaves out nothing that the seeds
 * use: {@code mvn test -pl cli -am -Dtest=PortingTest -Djiffy.shared=../shared}.
 */
class PortingTest {
  /** A row of a table: what is between backticks on the left, C, and on the right, Java. */
  private record Row(List<String> c, List<String> java) {}

  private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*");
  private static final Pattern QUALIFIED = Pattern.compile("\\b([A-Z]\\w*)(?:\\.|::)(\\w+)");
  private static final Pattern CALL = Pattern.compile("(?<![\\w.:@])([A-Za-z_]\\w*)\\(");
  private static final Pattern CONSTANT =
      Pattern.compile("(?<![\\w.])([A-Z][A-Z0-9_]{2,})\\b(?!\\()");
  private static final Pattern ANNOTATION = Pattern.compile("@(\\w+)");

  /** Two words and a parenthesis, {@code static int m_init(}: the module's own function. */
  private static final Pattern DEFINITION =
      Pattern.compile("(?<!\\bnew|\\breturn|\\belse)\\b(?:[\\w>\\]]+) (\\w+)\\(");

  /** {@code static final String PR_FMT =}: the module's own constant. */
  private static final Pattern FIELD = Pattern.compile("\\bstatic final \\w+ (\\w+) =");

  private static final List<Row> ROWS = rows();
  private static final Map<String, JavaClass> TYPES = types();
  private static final Set<String> MEMBERS = members(TYPES.values());

  @Test
  void everyJavaName_isAPublicStaticMemberOfTheApi() {
    Set<String> own = new HashSet<>(Set.of("if", "for", "while", "switch", "catch", "super"));
    for (Row row : ROWS) {
      row.java.forEach(span -> own.addAll(found(DEFINITION, span)));
      row.java.forEach(span -> own.addAll(found(FIELD, span)));
    }
    Set<String> unknown = new TreeSet<>();
    for (Row row : ROWS) {
      for (String span : row.java) {
        unknown.addAll(found(CALL, span.replaceAll("\\bnew \\w+(?=[(<])", "")));
        unknown.addAll(found(CONSTANT, span));
        unknown.addAll(notThere(span));
      }
    }
    unknown.removeAll(own);
    unknown.removeAll(MEMBERS);
    assertThat(MEMBERS).hasSizeGreaterThan(500);
    assertThat(unknown).isEmpty();
  }

  /** Members that are asked of a class which has none such; annotations that there are not. */
  private static Set<String> notThere(String span) {
    Set<String> unknown = new TreeSet<>(found(ANNOTATION, span));
    unknown.removeAll(TYPES.keySet());
    for (Matcher qualified = QUALIFIED.matcher(span); qualified.find(); ) {
      JavaClass type = TYPES.get(qualified.group(1));
      String member = qualified.group(2);
      if (type != null
          && !Set.of("class", "new").contains(member)
          && !members(List.of(type)).contains(member)) {
        unknown.add(qualified.group());
      }
    }
    return unknown;
  }

  @Test
  void everyNameOfTheSeedsSources_hasItsRow() throws IOException {
    Set<String> missing = SeedNames.of(shared("truth/src/seeds"));
    assertThat(missing).contains("mod_timer", "jiffies", "expires", "linux/timer.h");
    missing.removeAll(namesOnTheLeft());
    assertThat(missing).isEmpty();
  }

  @Test
  void everyNameOfTheApiThatTheSeedsTextsMention_hasItsRow() throws IOException {
    Set<String> missing = new TreeSet<>();
    try (Stream<Path> texts = Files.list(shared("seeds"))) {
      for (Path text : texts.filter(each -> each.toString().endsWith(".txt")).toList()) {
        // One of them is not UTF-8; the names are ASCII.
        missing.addAll(found(WORD, Files.readString(text, StandardCharsets.ISO_8859_1)));
      }
    }
    missing.removeIf(word -> word.indexOf('_') < 0 || !MEMBERS.contains(word));
    assertThat(missing).contains("mod_timer_pinned", "schedule_work_on");
    missing.removeAll(namesOnTheLeft());
    assertThat(missing).isEmpty();
  }

  private static Path shared(String directory) {
    String shared = System.getProperty("jiffy.shared", "");
    Path path = Path.of(shared, directory);
    assumeTrue(
        !shared.isEmpty() && Files.isDirectory(path),
        "the seeds' names are not looked up: -Djiffy.shared names no directory that has "
            + directory);
    return path;
  }

  /** All words of the left column; headers as {@code linux/timer.h}. */
  private static Set<String> namesOnTheLeft() {
    Set<String> names = new HashSet<>();
    for (Row row : ROWS) {
      for (String span : row.c) {
        names.addAll(found(WORD, span));
        names.addAll(found(Pattern.compile("<([\\w/]+\\.h)>"), span));
      }
    }
    return names;
  }

  private static List<String> found(Pattern pattern, String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(matcher.groupCount() == 0 ? 0 : 1));
    }
    return found;
  }

  private static List<Row> rows() {
    try (Stream<String> lines = Files.lines(House.root().resolve("docs/porting.md"))) {
      return lines
          .filter(line -> line.startsWith("| ") && line.contains("`"))
          .map(line -> line.replace("\\|", "or").split("\\|"))
          .map(cells -> new Row(spans(cells[1]), spans(cells[2])))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without the texts in them. */
  private static List<String> spans(String cell) {
    return found(SPAN, cell).stream().map(span -> span.replaceAll("\"[^\"]*\"", "0")).toList();
  }

  private static Map<String, JavaClass> types() {
    Map<String, JavaClass> types = new HashMap<>();
    for (JavaClass type : House.JIFFY) {
      boolean isApi = Set.of("jiffy.linux", "jiffy.types").contains(type.getPackageName());
      if (isApi && type.getModifiers().contains(PUBLIC)) {
        types.put(type.getSimpleName(), type);
      }
    }
    return types;
  }

  /** Public static ones; and the two of {@code KernelModule} that a subclass calls. */
  private static Set<String> members(Iterable<JavaClass> types) {
    Set<String> names = new HashSet<>();
    for (JavaClass type : types) {
      for (JavaMember member : type.getMembers()) {
        boolean isHook = member.getName().matches("module_(init|exit)");
        if (isHook || member.getModifiers().containsAll(Set.of(PUBLIC, STATIC))) {
          names.add(member.getName());
        }
      }
    }
    return names;
  }
}
