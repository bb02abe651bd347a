package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;
import org.normfree.core.nn.Network;

class EvaluationBatchesTest {
  private static final Images IMAGES = TrainingBatchesTest.numbered(11);
  private static final Normalization NORMALIZATION =
      new Normalization(new float[] {0.5f}, new float[] {0.25f});

  @Test
  void givesEveryImageOnceInOrderTheLastBatchShort() {
    List<Integer> sizes = new ArrayList<>();
    int image = 0;
    for (Batch batch : new EvaluationBatches(IMAGES, NORMALIZATION, 4)) {
      sizes.add(batch.size());
      assertThat(batch.reals(Network.INPUT)).hasSize(batch.size() * 12);
      assertThat(batch.reals(Network.LABELS)).hasSize(batch.size() * 3);
      for (int i = 0; i < batch.size(); i++, image++) {
        assertThat(batch.integers(Network.TARGETS)[i]).isEqualTo(image % 3);
        for (int k = 0; k < 12; k++) {
          assertThat(batch.reals(Network.INPUT)[i * 12 + k])
              .isEqualTo((IMAGES.pixels()[image * 12 + k] - 0.5f) / 0.25f);
        }
        for (int c = 0; c < 3; c++) {
          assertThat(batch.reals(Network.LABELS)[i * 3 + c]).isEqualTo(c == image % 3 ? 1 : 0);
        }
      }
    }
    assertThat(sizes).containsExactly(4, 4, 3);
  }

  @Test
  void countsItsBatches() {
    assertThat(new EvaluationBatches(IMAGES, NORMALIZATION, 4).count()).isEqualTo(3);
    assertThat(new EvaluationBatches(IMAGES, NORMALIZATION, 11).count()).isEqualTo(1);
    assertThat(new EvaluationBatches(IMAGES, NORMALIZATION, 500).count()).isEqualTo(1);
  }

  @Test
  void refusesWhatCannotBeDone() {
    assertThatThrownBy(() -> new EvaluationBatches(IMAGES, NORMALIZATION, -2))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("batch size is -2");
    assertThatThrownBy(() -> new EvaluationBatches(IMAGES, NORMALIZATION, 4).batch(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batch 3 of 3");
  }
}
