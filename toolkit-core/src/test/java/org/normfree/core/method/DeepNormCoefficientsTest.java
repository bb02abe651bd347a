package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.InputException;

class DeepNormCoefficientsTest {
  private static final Offset<Double> FOUR_DIGITS = within(5e-5);

  /** Values computed from the formulas of arXiv 2203.00555, encoder–decoder with M = N. */
  @ParameterizedTest
  @CsvSource({
    "6, 1.8612, 0.3799, 1.4179, 0.4970, 2.0598, 0.3433",
    "12, 2.2134, 0.3195, 1.7609, 0.4002, 2.4495, 0.2887",
    "18, 2.4495, 0.2887, 1.9987, 0.3526, 2.7108, 0.2608",
    "24, 2.6321, 0.2686, 2.1868, 0.3223, 2.9130, 0.2427",
    "50, 3.1623, 0.2236, 2.7505, 0.2562, 3.4996, 0.2021",
    "100, 3.7606, 0.1880, 3.4157, 0.2063, 4.1618, 0.1699",
    "500, 5.6234, 0.1257, 5.6482, 0.1248, 6.2233, 0.1136",
    "1000, 6.6874, 0.1057, 7.0143, 0.1005, 7.4008, 0.0955"
  })
  void agreesWithTheTable(
      int layers,
      double onlyAlpha,
      double onlyBeta,
      double encoderAlpha,
      double encoderBeta,
      double decoderAlpha,
      double decoderBeta) {
    same(DeepNormCoefficients.encoderOnly(layers), onlyAlpha, onlyBeta);
    same(DeepNormCoefficients.decoderOnly(layers), onlyAlpha, onlyBeta);
    same(DeepNormCoefficients.encoder(layers, layers), encoderAlpha, encoderBeta);
    same(DeepNormCoefficients.decoder(layers, layers), decoderAlpha, decoderBeta);
  }

  private static void same(DeepNormCoefficients actual, double alpha, double beta) {
    assertThat(actual.alpha()).isCloseTo(alpha, FOUR_DIGITS);
    assertThat(actual.beta()).isCloseTo(beta, FOUR_DIGITS);
  }

  /** The condition the encoder-only constants come from: 2N·(v² + w²)/α² = 1 with v = w = β. */
  @Test
  void fulfilsThePapersCondition() {
    for (int layers = 1; layers <= 1000; layers += 37) {
      DeepNormCoefficients c = DeepNormCoefficients.encoderOnly(layers);
      double update = 2 * layers * 2 * c.beta() * c.beta() / (c.alpha() * c.alpha());
      assertThat(update).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void aStackChoosesItsOwnConstants() {
    assertThat(DeepNormCoefficients.of(Stack.encoderOnly(12)))
        .isEqualTo(DeepNormCoefficients.encoderOnly(12));
    assertThat(DeepNormCoefficients.of(new Stack(Stack.Kind.ENCODER, 12, 6)))
        .isEqualTo(DeepNormCoefficients.encoder(12, 6));
    assertThat(DeepNormCoefficients.of(new Stack(Stack.Kind.DECODER, 12, 6)))
        .isEqualTo(DeepNormCoefficients.decoder(12, 6));
  }

  @Test
  void depthMustBePositive() {
    assertThatThrownBy(() -> DeepNormCoefficients.encoderOnly(0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("depth is 0");
  }
}
