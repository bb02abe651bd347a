package org.normfree.core.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.nn.Network;

/** Logits, loss and gradients of a whole model of tokens. */
final class LanguageModelGolden {
  private LanguageModelGolden() {}

  /**
   * Compares all of them.
   *
   * @param golden the case; the token that does not count is {@code ignored}
   * @param network the model
   * @param names its parameters
   * @param input token ids, row by row
   * @param targets what is to be guessed
   */
  static void check(
      GoldenCase golden, Network network, Official names, int[] input, int[] targets) {
    names.load(network, golden, "parameters");
    int ignored = golden.integer("ignored");
    int[] wanted = Arrays.stream(targets).map(t -> t == ignored ? Network.IGNORED : t).toArray();
    long batch = golden.shape("logits")[0];
    Map<String, INDArray> placeholders =
        Map.of(
            Network.INPUT, Nd4j.createFromArray(input).reshape(batch, -1),
            Network.TARGETS, Nd4j.createFromArray(wanted).reshape(batch, -1));
    try (GraphExecutor executor = new CompiledExecutor(network.graph(), CompilerSettings.of(2))) {
      GraphExecutor.Pass pass =
          executor.gradients(placeholders, List.of(Network.LOGITS, Network.LOSS));
      golden.compare("logits", pass.outputs().get(Network.LOGITS));
      golden.compare("loss", pass.outputs().get(Network.LOSS));
      names.compare(golden, "gradients", pass.gradients());
    }
  }
}
