package org.normfree.experiments;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What experiments are made of points one way. */
@AnalyzeClasses(
    packages = "org.normfree.experiments",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ALL = "org.normfree.experiments.";

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching(ALL + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule LAYERS_POINT_ONE_WAY =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("config")
          .definedBy(ALL + "config..")
          .layer("run")
          .definedBy(ALL + "run..")
          .layer("sweep")
          .definedBy(ALL + "sweep..")
          .layer("statistics")
          .definedBy(ALL + "statistics..")
          .layer("api")
          .definedBy(ALL + "api..")
          .layer("launch")
          .definedBy(ALL + "launch..")
          .layer("cli")
          .definedBy(ALL + "cli..")
          .layer("training")
          .definedBy(ALL + "training..")
          .layer("problem")
          .definedBy(ALL + "problem..")
          .layer("study")
          .definedBy(ALL + "study..")
          .whereLayer("study")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("problem")
          .mayOnlyBeAccessedByLayers("study")
          .whereLayer("training")
          .mayOnlyBeAccessedByLayers("problem", "study")
          .whereLayer("cli")
          .mayOnlyBeAccessedByLayers("study")
          .whereLayer("launch")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("api")
          .mayOnlyBeAccessedByLayers("launch", "cli", "study");
}
