package org.normfree.plots.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerNameTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "block2.attention.norm; block 2, attention",
        "block11.ffn.norm; block 11, feed-forward",
        "encoder.layer12.self_attention; encoder block 12, self-attention",
        "decoder.block3.cross; decoder block 3, cross-attention",
        "decoder.block499.ffn.norm; decoder block 499, feed-forward",
        "block0.ffn1; block 0, feed-forward 1",
        "block4; block 4",
        "stage2.block1.norm2; stage 2 block 1, norm 2",
        "norm; last norm",
        "encoder.norm; encoder, last norm",
        "embedding; embedding",
        "stem.norm1; stem, norm 1"
      })
  void isSaidInWords(String name, String words) {
    assertThat(LayerName.of(name).words()).isEqualTo(words);
  }

  @Test
  void theDecoderFollowsTheEncoderBehindABreak() {
    List<String> names = new ArrayList<>();
    for (String stack : List.of("decoder", "encoder")) {
      for (int block = 0; block < 7; block++) {
        names.add(stack + ".block" + block + ".attention");
        names.add(stack + ".block" + block + ".ffn");
      }
    }
    names.add("embedding");
    LayerAxis axis = new LayerAxis(names);
    assertThat(axis.layers())
        .hasSize(28)
        .startsWith("encoder.block0.attention", "encoder.block0.ffn", "encoder.block1.attention")
        .endsWith("decoder.block6.ffn");
    assertThat(axis.startsStack(14)).isTrue();
    assertThat(axis.place(14) - axis.place(13)).isGreaterThan(axis.place(13) - axis.place(12));
    assertThat(axis.title()).isEqualTo("block of encoder, then of decoder");
    for (int i = 1; i < 28; i++) {
      assertThat(axis.place(i)).isGreaterThan(axis.place(i - 1));
      assertThat(axis.startsStack(i)).isEqualTo(i == 14);
    }
  }
}
