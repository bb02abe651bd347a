package org.normfree.core.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerNormMapTest {
  @TempDir Path folder;

  private LayerNormMap.Layer read(String json) throws Exception {
    Path file = Files.writeString(folder.resolve("map.json"), json, StandardCharsets.UTF_8);
    return Json.read(file, LayerNormMap.class).layers().get(0);
  }

  @Test
  void aMapOfAnOlderToolkitIsATanhThroughTheOrigin() throws Exception {
    LayerNormMap.Layer layer =
        read(
            """
            {"layers" : [ {"name" : "norm", "lineR2" : 0.9, "lineSlope" : 2.0, "lineIntercept" : 0.5,
              "tanhR2" : 0.95, "tanhScale" : 3.0, "tanhSlope" : 0.4, "maxAbsInput" : 7.0,
              "x" : [ 1.0, 2.0 ], "y" : [ 3.0, 4.0 ], "token" : [ 0, 0 ], "channel" : [ 0, 1 ]} ]}
            """);
    assertThat(layer.deltaR2()).isNull();
    assertThat(layer.tanh(1.5)).isCloseTo(3 * Math.tanh(0.6), within(1e-12));
    assertThat(layer.line(1.5)).isCloseTo(3.5, within(1e-12));
    assertThat(layer.maxAbsInput()).isEqualTo(7);
  }

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    LayerNormMap.Layer layer =
        new LayerNormMap.Layer(
            "norm",
            new float[] {1, 2, 3},
            new float[] {4, 5, 6},
            new int[3],
            new int[] {0, 1, 2},
            0.9,
            2,
            0.5,
            0.95,
            3,
            0.4,
            -0.5,
            0.25,
            0.05,
            0.2,
            7);
    LayerNormMap.Layer again =
        read(new String(Json.pretty(new LayerNormMap(List.of(layer))), StandardCharsets.UTF_8));
    assertThat(again.tailDeltaR2()).isEqualTo(0.2);
    assertThat(again.deltaR2()).isEqualTo(0.05);
    assertThat(again.tanh(1.5)).isCloseTo(3 * Math.tanh(0.4 * 2) + 0.25, within(1e-12));
    assertThat(again.channel()).containsExactly(0, 1, 2);
  }
}
