package org.normfree.experiments;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.normfree.experiments.api.Experiment;

/**
 * The files from which IntelliJ IDEA, VS Code and Eclipse offer every experiment to be run, with
 * the options that the launcher gives to Java. Eclipse finds them in the project they belong to,
 * the other two in folders of the repository.
 */
final class RunConfigurations {
  private static final String VM_ARGUMENTS = "--add-modules jdk.incubator.vector";
  private static final Path INTELLIJ = Path.of(".run");
  private static final Path VS_CODE = Path.of(".vscode");
  private static final Path ECLIPSE = Path.of("toolkit-experiments", "eclipse");

  /** Where nothing but such files lies, by how their names end. */
  static final Map<Path, String> FOLDERS = Map.of(INTELLIJ, ".run.xml", ECLIPSE, ".launch");

  /**
   * What a configuration starts.
   *
   * @param name of the experiment
   * @param main the class whose {@code main} is run
   */
  private record Start(String name, String main) {
    String arguments() {
      return "--out runs/" + name;
    }
  }

  private RunConfigurations() {}

  /** The toolkit's own experiments, in the order they are listed, without those of tests. */
  private static List<Start> starts() {
    return ServiceLoader.load(Experiment.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(experiment -> sourceOf(experiment.getClass()).equals(sourceOf(Experiment.class)))
        .map(experiment -> new Start(experiment.name(), experiment.getClass().getName()))
        .toList();
  }

  private static String sourceOf(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation().toString();
  }

  /** What each file holds, by its place in the repository. */
  static Map<Path, String> files() {
    Map<Path, String> files = new TreeMap<>();
    List<String> entries = new ArrayList<>();
    for (Start start : starts()) {
      files.put(INTELLIJ.resolve(start.name + ".run.xml"), intellij(start));
      files.put(ECLIPSE.resolve(start.name + ".launch"), eclipse(start));
      entries.add(vsCode(start));
    }
    files.put(
        VS_CODE.resolve("launch.json"),
        entries.stream()
            .collect(
                Collectors.joining(
                    ",\n",
                    "{\n  \"version\": \"0.2.0\",\n  \"configurations\": [\n",
                    "\n  ]\n}\n")));
    return files;
  }

  private static String intellij(Start start) {
    return """
        <component name="ProjectRunConfigurationManager">
          <configuration default="false" name="%s" type="Application" factoryName="Application" folderName="experiments">
            <envs>
              <env name="OMP_WAIT_POLICY" value="passive" />
            </envs>
            <option name="MAIN_CLASS_NAME" value="%s" />
            <module name="toolkit-experiments" />
            <option name="PROGRAM_PARAMETERS" value="%s" />
            <option name="VM_PARAMETERS" value="%s" />
            <option name="WORKING_DIRECTORY" value="$PROJECT_DIR$" />
            <method v="2">
              <option name="Make" enabled="true" />
            </method>
          </configuration>
        </component>
        """
        .formatted(start.name, start.main, start.arguments(), VM_ARGUMENTS);
  }

  private static String vsCode(Start start) {
    return """
            {
              "type": "java",
              "name": "%s",
              "request": "launch",
              "mainClass": "%s",
              "projectName": "toolkit-experiments",
              "args": "%s",
              "vmArgs": "%s",
              "cwd": "${workspaceFolder}",
              "env": {"OMP_WAIT_POLICY": "passive"}
            }"""
        .indent(4)
        .stripTrailing()
        .formatted(start.name, start.main, start.arguments(), VM_ARGUMENTS);
  }

  private static String eclipse(Start start) {
    return """
        <?xml version="1.0" encoding="UTF-8" standalone="no"?>
        <launchConfiguration type="org.eclipse.jdt.launching.localJavaApplication">
            <listAttribute key="org.eclipse.debug.core.MAPPED_RESOURCE_PATHS">
                <listEntry value="/toolkit-experiments"/>
            </listAttribute>
            <listAttribute key="org.eclipse.debug.core.MAPPED_RESOURCE_TYPES">
                <listEntry value="4"/>
            </listAttribute>
            <mapAttribute key="org.eclipse.debug.core.environmentVariables">
                <mapEntry key="OMP_WAIT_POLICY" value="passive"/>
            </mapAttribute>
            <booleanAttribute key="org.eclipse.jdt.launching.ATTR_EXCLUDE_TEST_CODE" value="true"/>
            <stringAttribute key="org.eclipse.jdt.launching.CLASSPATH_PROVIDER" value="org.eclipse.m2e.launchconfig.classpathProvider"/>
            <stringAttribute key="org.eclipse.jdt.launching.MAIN_TYPE" value="%s"/>
            <stringAttribute key="org.eclipse.jdt.launching.PROGRAM_ARGUMENTS" value="%s"/>
            <stringAttribute key="org.eclipse.jdt.launching.PROJECT_ATTR" value="toolkit-experiments"/>
            <stringAttribute key="org.eclipse.jdt.launching.SOURCE_PATH_PROVIDER" value="org.eclipse.m2e.launchconfig.sourcepathProvider"/>
            <stringAttribute key="org.eclipse.jdt.launching.VM_ARGUMENTS" value="%s"/>
            <stringAttribute key="org.eclipse.jdt.launching.WORKING_DIRECTORY" value="${workspace_loc:toolkit-experiments}/.."/>
        </launchConfiguration>
        """
        .formatted(start.main, start.arguments(), VM_ARGUMENTS);
  }
}
