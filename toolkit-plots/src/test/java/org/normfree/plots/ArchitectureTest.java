package org.normfree.plots;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.normfree.core.InputException;

/** Plots know recorded runs only: no experiment, no model and no array library. */
@AnalyzeClasses(
    packages = "org.normfree.plots",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule PLOTS_KNOW_ONLY_THE_RECORD_OF_THE_CORE =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.normfree..")
                  .and(not(resideInAPackage("org.normfree.plots..")))
                  .and(not(resideInAPackage("org.normfree.core.record..")))
                  .and(not(type(InputException.class))));

  @ArchTest
  static final ArchRule PLOTS_LOAD_NO_ARRAY_LIBRARY =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..", "org.bytedeco..");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("org.normfree.plots.(*)..").should().beFreeOfCycles();
}
