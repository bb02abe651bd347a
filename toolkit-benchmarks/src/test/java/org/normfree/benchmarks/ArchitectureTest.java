package org.normfree.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Benches measure the core; they need neither experiments nor plots. */
@AnalyzeClasses(
    packages = "org.normfree.benchmarks",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule BENCHES_KNOW_THE_CORE_ALONE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.normfree.experiments..", "org.normfree.plots..");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("org.normfree.benchmarks.(**)").should().beFreeOfCycles();
}
