package org.normfree.core.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageGridsTest {
  @Test
  void aGridComesBackFromItsFilePixelByPixel(@TempDir Path folder) {
    float[] values = new float[2 * 3 * 2 * 1 * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 10f - 1.3f; // from below −1 to above 1
    }
    ImageGrids.Grid grid =
        ImageGrids.Grid.of("samples", "Samples", 2, 3, new long[] {2, 1, 3}, values, -1, 1);
    Path file = folder.resolve(RunFiles.IMAGES);
    AtomicFile.write(file, Json.pretty(new ImageGrids(List.of(grid))));
    ImageGrids.Grid read = Json.read(file, ImageGrids.class).grids().get(0);
    assertThat(read.pixels()).containsExactly(grid.pixels());
    assertThat(read.rgb(0, 0, 0, 0)).isZero();
    // row 1, column 2, lower pixel: the last three values, 2.0, 2.1, 2.2
    assertThat(read.rgb(1, 2, 1, 0)).isEqualTo(0xFFFFFF);
    // row 0, column 2, upper pixel: 12, 13, 14 are −0.1, 0, 0.1
    assertThat(read.rgb(0, 2, 0, 0)).isEqualTo(0x73808C);
  }

  @Test
  void wrongNumbersOfPixelsAndChannelsAreRefused() {
    assertThatThrownBy(() -> new ImageGrids.Grid("a", "", 1, 1, 2, 2, 1, new byte[3]))
        .hasMessageContaining("expected 4");
    assertThatThrownBy(() -> new ImageGrids.Grid("a", "", 1, 1, 2, 2, 2, new byte[8]))
        .hasMessageContaining("1 or 3 channels");
  }
}
