package jiffy.arch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * What a module's author is told of each function of {@code jiffy.linux}: its C prototype, the
 * contexts that may call it, and what it returns.
 */
class JavadocTest {
  /*
   * A Javadoc begins with the prototype. A function's names the types of what it returns and takes;
   * a macro's, which has none, only its parameters; what C uses as a variable is a bare name:
   *
   *     {@code int mod_timer(struct timer_list *timer, unsigned long expires)}
   *     {@code wait_event(wq_head, condition)}
   *     {@code jiffies}
   *
   * Contexts are in the Javadoc of the function, or for all of them in a paragraph at the head of the
   * class that begins with "Contexts:". Contexts and return values may also be those of a function
   * that it refers to ({@link #other}).
   */

  private static final Path HEADERS = House.root().resolve("module-api/src/main/java/jiffy/linux");

  private static final Pattern PROTOTYPE =
      Pattern.compile("^\\{@code ([^(){}]*?)(\\w+)(?:\\(([^{}]*)\\))?\\}");
  private static final Pattern LINK =
      Pattern.compile("(?:\\}: |\\b(?:as|see|of) )\\{@link (\\w*)#(\\w+)[^}]*\\}");
  private static final Pattern CONTEXT = Pattern.compile("\\bcontexts?\\b");

  /** A tag, a sentence, or a value as the first thing that is said after the prototype. */
  private static final Pattern RETURNS =
      Pattern.compile(
          "(?m)^@return |\\breturns? |\\bwhether\\b|^\\{@code [^}]*\\}: (an?|the) (?!\\{)");

  private static final class Function {
    String header;
    String name;
    String doc;
    boolean takesNothing;
    boolean isVoid;
    boolean contextOfAll;

    @Override
    public String toString() {
      return header + "." + name;
    }
  }

  private static final List<Function> FUNCTIONS = read();

  private static final Map<String, List<Function>> BY_NAME =
      FUNCTIONS.stream().collect(Collectors.groupingBy(Function::toString));

  @Test
  void everyFunction_beginsItsJavadocWithItsPrototype() {
    assertThat(FUNCTIONS).hasSizeGreaterThan(400);
    assertThat(FUNCTIONS).filteredOn(f -> !hasPrototype(f)).isEmpty();
  }

  @Test
  void everyFunction_saysFromWhichContextsItMayBeCalled() {
    assertThat(FUNCTIONS).filteredOn(f -> !says(f, CONTEXT, new HashSet<>())).isEmpty();
  }

  @Test
  void everyFunctionThatReturnsSomething_saysWhat() {
    assertThat(FUNCTIONS)
        .filteredOn(f -> !f.isVoid && !says(f, RETURNS, new HashSet<>()))
        .isEmpty();
  }

  @Test
  void noJavadoc_hidesABlockTagWithinALine() {
    assertThat(FUNCTIONS)
        .filteredOn(
            f ->
                Pattern.compile("(?m)^.*[^\\s{].*(?<!\\{)@(return|param|throws)\\b")
                    .matcher(f.doc)
                    .find())
        .isEmpty();
  }

  private static boolean hasPrototype(Function function) {
    Matcher prototype = PROTOTYPE.matcher(function.doc);
    if (!prototype.find() || !prototype.group(2).equals(function.name)) {
      return false;
    }
    String parameters = prototype.group(3);
    if (parameters == null) {
      return function.takesNothing;
    }
    boolean isMacro = prototype.group(1).isBlank();
    for (String parameter : parameters.split(",(?![^(]*\\))")) {
      String text = parameter.trim();
      boolean isTyped =
          text.equals("void") || text.equals("...") || text.matches(".*[\\w*)][ *].+");
      if (isMacro ? text.contains(" ") || parameters.equals("...") : !isTyped) {
        return false;
      }
    }
    return true;
  }

  private static boolean says(Function function, Pattern what, Set<Function> seen) {
    if (what == CONTEXT && function.contextOfAll || what.matcher(function.doc).find()) {
      return true;
    }
    seen.add(function);
    Matcher link = LINK.matcher(function.doc);
    while (link.find()) {
      String header = link.group(1).isEmpty() ? function.header : link.group(1);
      for (Function other : BY_NAME.getOrDefault(header + "." + link.group(2), List.of())) {
        if (!seen.contains(other) && says(other, what, seen)) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<Function> read() {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (Stream<Path> files = Files.list(HEADERS);
        StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  manager,
                  null,
                  List.of(),
                  null,
                  manager.getJavaFileObjectsFromPaths(sources));
      List<Function> functions = new ArrayList<>();
      for (CompilationUnitTree unit : task.parse()) {
        new Reader(DocTrees.instance(task)).scan(unit, functions);
      }
      return functions;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Collects the public static methods of public classes, with their Javadoc. */
  private static final class Reader extends TreePathScanner<Void, List<Function>> {
    private final DocTrees docs;
    private final Map<ClassTree, String> heads = new HashMap<>();

    Reader(DocTrees docs) {
      this.docs = docs;
    }

    @Override
    public Void visitClass(ClassTree type, List<Function> functions) {
      heads.put(type, docOf(getCurrentPath()));
      return super.visitClass(type, functions);
    }

    @Override
    public Void visitMethod(MethodTree method, List<Function> functions) {
      ClassTree type = (ClassTree) getCurrentPath().getParentPath().getLeaf();
      boolean isApi =
          type.getModifiers().getFlags().contains(Modifier.PUBLIC)
              && method
                  .getModifiers()
                  .getFlags()
                  .containsAll(Set.of(Modifier.PUBLIC, Modifier.STATIC));
      if (isApi) {
        Function function = new Function();
        function.header = type.getSimpleName().toString();
        function.name = method.getName().toString();
        function.doc = docOf(getCurrentPath());
        function.takesNothing = method.getParameters().isEmpty();
        Tree returned = method.getReturnType();
        function.isVoid = returned.toString().equals("void");
        function.contextOfAll = heads.get(type).contains("<p>Contexts: ");
        functions.add(function);
      }
      return null;
    }

    /** As it is written, each paragraph and each tag on a line of its own. */
    private String docOf(TreePath path) {
      String doc = docs.getDocComment(path);
      String joined = doc == null ? "" : doc.strip().replaceAll("\\s*\\n\\s*", " ");
      return joined.replaceAll(" (?=@\\w|<p>)", "\n");
    }
  }
}
