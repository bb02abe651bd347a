package org.normfree.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.nd4j.linalg.factory.Nd4j;

@AnalyzeClasses(
    packages = ArchitectureTest.ROOT,
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  static final String ROOT = "org.normfree.core";

  /**
   * Which packages a package may use, beside the root package, which uses none of them. Whoever
   * hands a {@code Network} or a {@code Batch} on may name it, so {@code train} and {@code probe}
   * see {@code nn}, {@code data} and the {@code record}s they write; {@code data} name the
   * placeholders of {@code nn} they fill.
   */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("op", Set.of()),
          Map.entry("task", Set.of()),
          Map.entry("kernel", Set.of("op", "task")),
          Map.entry("exec", Set.of("op", "kernel", "task")),
          Map.entry("nn", Set.of("op")),
          Map.entry("method", Set.of("nn", "op")),
          Map.entry("model", Set.of("nn", "method", "op")),
          Map.entry("optim", Set.of("task", "nn")),
          Map.entry("data", Set.of("nn")),
          Map.entry("record", Set.of()),
          Map.entry("train", Set.of("exec", "optim", "nn", "data", "record")),
          Map.entry("decode", Set.of("exec", "model", "nn")),
          Map.entry("diffuse", Set.of("exec", "model", "nn", "op")),
          Map.entry("probe", Set.of("exec", "train", "optim", "nn", "op", "data", "record")),
          Map.entry("dl4j", Set.of("op")));

  @ArchTest
  static void packagesUseOnlyWhatTheyMay(JavaClasses classes) {
    Set<String> packages =
        classes.stream()
            .map(c -> c.getPackageName())
            .filter(name -> name.startsWith(ROOT + "."))
            .map(name -> name.substring(ROOT.length() + 1).replaceFirst("\\..*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(packages).as("packages with a rule").isNotEmpty().isSubsetOf(MAY_USE.keySet());
    for (String name : packages) {
      String[] others =
          packages.stream()
              .filter(other -> !other.equals(name) && !MAY_USE.get(name).contains(other))
              .map(ArchitectureTest::inside)
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(inside(name))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .check(classes);
      noClasses()
          .that()
          .resideInAPackage(ROOT)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(inside(name))
          .check(classes);
    }
  }

  private static String inside(String name) {
    return ROOT + "." + name + "..";
  }

  @ArchTest
  static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS =
      noClasses().should().haveNameMatching(".*(Utils?|Helpers?|Manager|Common)");

  @ArchTest
  static final ArchRule NO_STATIC_STATE_MOVES =
      fields()
          .that()
          .areStatic()
          .and()
          .areNotDeclaredIn(ROOT + ".exec.NativeThreads") // mirrors a setting of the process
          .should()
          .beFinal();

  @ArchTest
  static final ArchRule RANDOMNESS_HAS_A_SEED =
      noClasses()
          .that()
          // a graph that is not ours may have ND4J's own ops draw, which is by ND4J's seed
          .doNotHaveFullyQualifiedName("org.normfree.core.exec.Nd4jCall")
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(java.util.Random.class, ThreadLocalRandom.class)
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(StrictMath.class, "random")
          .orShould()
          .callMethodWhere(
              target(owner(type(Nd4j.class)))
                  .and(target(nameMatching("randn?|getRandom(Factory)?"))))
          .because("only an explicitly seeded SplittableRandom reproduces a run");

  /**
   * Numbers look the same in every language of the system. Error Prone's DefaultLocale refuses the
   * formats that it can read; those that are handed on it cannot.
   */
  @ArchTest
  static final ArchRule FORMATS_HANDED_ON_NAME_A_LOCALE =
      noClasses()
          .should()
          .callMethodWhere(
              describe(
                  "it formats what it was handed without a Locale",
                  call ->
                      call.getTargetOwner().isEquivalentTo(String.class)
                          && call.getName().startsWith("format")
                          && call.getTarget().getRawParameterTypes().stream()
                              .noneMatch(type -> type.isEquivalentTo(Locale.class))
                          && call.getOrigin().getRawParameterTypes().stream()
                              .anyMatch(type -> type.isEquivalentTo(Object[].class))));

  @ArchTest
  static final ArchRule STANDARD_STREAMS_ARE_THE_PROGRAMS =
      noClasses().should(ACCESS_STANDARD_STREAMS);
}
