package org.normfree.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.nn.Network;

class LinearProbeTest {
  private static final int WIDTH = 7;
  private static final int CLASSES = 3;

  private static GraphExecutor executor(Network network) {
    return new CompiledExecutor(
        network.graph(),
        new CompilerSettings(1, Precision.FLOAT32, Kernels.standard(), network.moving(), false));
  }

  /** Directions a class, of very different sizes and off the origin; a norm is needed in front. */
  private static LinearProbe.Features features(int items, double strength, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[items * WIDTH];
    int[] classes = new int[items];
    for (int i = 0; i < items; i++) {
      classes[i] = random.nextInt(CLASSES);
      for (int k = 0; k < WIDTH; k++) {
        double signal = k % CLASSES == classes[i] ? strength : 0;
        double size = Math.pow(10, k - 3);
        values[i * WIDTH + k] = (float) (size * (5 + signal + random.nextDouble(-1, 1)));
      }
    }
    return new LinearProbe.Features(values, classes);
  }

  private static double accuracy(double strength) {
    return new LinearProbe(6.4, 60, 64, 1)
        .accuracy(
            features(301, strength, 2),
            features(203, strength, 3),
            CLASSES,
            LinearProbeTest::executor);
  }

  @Test
  void tellsClassesThatLieApartWhateverTheSizesOfTheFeatures() {
    assertThat(accuracy(1)).isGreaterThan(0.9);
  }

  @Test
  void guessesWhereThereIsNothingToTell() {
    assertThat(accuracy(0)).isBetween(0.2, 0.47);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    LinearProbe probe = new LinearProbe(1, 1, 8, 1);
    LinearProbe.Features narrow = new LinearProbe.Features(new float[] {1, 2}, 0, 1);
    LinearProbe.Features wide = new LinearProbe.Features(new float[] {1, 2, 3, 4}, 0, 1);
    assertThatThrownBy(() -> probe.accuracy(narrow, wide, 2, LinearProbeTest::executor))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("width 1");
    assertThatThrownBy(() -> new LinearProbe(0, 1, 8, 1)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new LinearProbe.Features(new float[3], 0, 1))
        .isInstanceOf(InputException.class);
  }
}
