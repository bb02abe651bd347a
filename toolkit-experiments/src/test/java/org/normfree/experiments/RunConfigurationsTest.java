package org.normfree.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The run configurations that are checked in. */
class RunConfigurationsTest {
  private static final Path REPOSITORY = Path.of("..");
  private static final String WRITE = "run.configurations.write";
  private static final String COMMAND =
      "stale: mvn -pl toolkit-experiments -am test -Dtest=RunConfigurationsTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dtest.options=-D"
          + WRITE
          + "=true writes them anew";

  @Test
  void everyExperimentHasThoseThatAreGenerated() throws IOException {
    Map<Path, String> files = RunConfigurations.files();
    if (Boolean.getBoolean(WRITE)) {
      write(files);
    }
    for (Map.Entry<Path, String> file : files.entrySet()) {
      Path path = REPOSITORY.resolve(file.getKey());
      assertThat(path).as(COMMAND).isRegularFile();
      assertThat(Files.readString(path)).as(COMMAND).isEqualTo(file.getValue());
    }
    for (Map.Entry<Path, String> folder : RunConfigurations.FOLDERS.entrySet()) {
      try (Stream<Path> there = Files.list(REPOSITORY.resolve(folder.getKey()))) {
        assertThat(there.filter(path -> path.toString().endsWith(folder.getValue())))
            .as(COMMAND)
            .allSatisfy(path -> assertThat(files).containsKey(REPOSITORY.relativize(path)));
      }
    }
  }

  private static void write(Map<Path, String> files) throws IOException {
    for (Map.Entry<Path, String> folder : RunConfigurations.FOLDERS.entrySet()) {
      Path path = Files.createDirectories(REPOSITORY.resolve(folder.getKey()));
      try (Stream<Path> there = Files.list(path)) {
        there
            .filter(file -> file.toString().endsWith(folder.getValue()))
            .forEach(RunConfigurationsTest::delete);
      }
    }
    for (Map.Entry<Path, String> file : files.entrySet()) {
      Path path = REPOSITORY.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void eachStartsAMain() throws Exception {
    JsonNode starts =
        new ObjectMapper()
            .readTree(RunConfigurations.files().get(Path.of(".vscode", "launch.json")))
            .path("configurations");
    assertThat(starts).isNotEmpty();
    for (JsonNode start : starts) {
      Method main =
          Class.forName(start.path("mainClass").asText()).getMethod("main", String[].class);
      assertThat(Modifier.isStatic(main.getModifiers())).isTrue();
      assertThat(start.path("args").asText()).startsWith("--out ");
    }
  }
}
