package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandFuzzTest {
  @TempDir Path world;

  @Test
  void whateverIsTypedWorksOrIsRefusedInOneLine() throws IOException {
    CommandFuzz fuzz = new CommandFuzz(world, 2026);
    fuzz.furnish();
    assertThat(fuzz.tries(50)).isEmpty();
    // neither all right nor all wrong, else little was tried
    assertThat(fuzz.accepted()).isBetween(5, 45);
  }
}
