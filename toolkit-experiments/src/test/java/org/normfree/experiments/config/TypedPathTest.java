package org.normfree.experiments.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;
import org.normfree.experiments.cli.ToolkitRunner;

class TypedPathTest {
  @Test
  void aTildeInFrontIsTheHomeFolder() {
    String home = System.getenv("HOME");
    assumeTrue(home != null && !home.isEmpty());
    assertThat(TypedPath.of("~")).isEqualTo(Path.of(home));
    assertThat(TypedPath.of("~/runs/x")).isEqualTo(Path.of(home, "runs", "x"));
    assertThat(TypedPath.of("~/")).isEqualTo(Path.of(home));
    assertThat(TypedPath.of("runs/~/x")).isEqualTo(Path.of("runs", "~", "x"));
    assertThat(TypedPath.of("./~/x")).isEqualTo(Path.of(".", "~", "x"));
    assertThat(TypedPath.of("x~")).isEqualTo(Path.of("x~"));
  }

  @Test
  void anotherUsersHomeFolderIsRefused() {
    assertThatThrownBy(() -> TypedPath.of("~bob/runs"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("~bob/runs begins with ~")
        .hasMessageContaining("./~bob/runs");
    for (String words :
        List.of(
            "run train --out=~bob/x",
            "run train --config ~bob/x",
            "run train data=folder data.path=~bob/x",
            "status ~bob/x",
            "figures --runs ~bob/x",
            "compare ~bob/x ~bob/y",
            "paper --out=~bob/x")) {
      ToolkitRunner.Output output = ToolkitRunner.run(List.of(words.split(" ")));
      assertThat(output.exitCode()).as(words).isEqualTo(2);
      assertThat(output.err().lines()).as(words).singleElement().asString().contains("~bob/x");
    }
    assertThat(Path.of("~bob")).doesNotExist();
  }
}
