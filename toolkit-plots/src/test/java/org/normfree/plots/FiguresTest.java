package org.normfree.plots;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void draws() {
    Path dir = Path.of("target/look");
    RecordedRuns.all(dir.resolve("runs"));
    long t = System.nanoTime();
    Figures.create(dir.resolve("runs"), dir.resolve("out")).forEach(System.out::println);
    System.out.println((System.nanoTime() - t) / 1e9);
  }
}
