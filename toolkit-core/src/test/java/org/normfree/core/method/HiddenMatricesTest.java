package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.text.DecoderLm;
import org.normfree.core.model.text.DecoderLmConfig;
import org.normfree.core.model.text.Transformer;
import org.normfree.core.model.text.TransformerConfig;
import org.normfree.core.nn.Network;

/** With every method the maps of the branches are hidden matrices, and nothing else is. */
class HiddenMatricesTest {
  static List<String> methods() {
    // it refuses decoders
    return Methods.names().stream().filter(name -> !name.equals("batch-norm")).toList();
  }

  private static Method method(String name) {
    return Methods.create(name, MethodOptions.DEFAULTS);
  }

  /** The maps of attention and feed-forward branches by their places; each has a weight. */
  private static Set<String> maps(Network network) {
    return network.parameters().stream()
        .map(Network.Parameter::name)
        .filter(
            name ->
                name.matches(
                    ".*block\\d+\\.(attention|cross|ffn)\\.(query|key|value|out|fc\\d|gate)\\.weight"))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void ofALanguageModelTheyAreThoseOfItsBranches(String name) {
    for (DecoderLmConfig config :
        List.of(DecoderLmConfig.llama(13, 12, 2, 3, 9), DecoderLmConfig.gpt(13, 12, 2, 3, 9))) {
      Network network = DecoderLm.build(config, method(name), DataType.FLOAT, 3);
      assertThat(network.hiddenMatrices()).isEqualTo(maps(network)).hasSizeBetween(12, 14);
      assertThat(network.hiddenMatrices())
          .allSatisfy(matrix -> assertThat(network.array(matrix).rank()).isEqualTo(2));
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void ofATranslatorTheyAreThoseOfBothStacks(String name) {
    TransformerConfig config =
        new TransformerConfig(11, 8, 2, 1, 2, 16, 7, FeedForward.RELU, true, 0, 0);
    Network network = Transformer.build(config, method(name), DataType.FLOAT, 3);
    assertThat(network.hiddenMatrices()).isEqualTo(maps(network)).hasSize(2 * 6 + 10);
  }
}
