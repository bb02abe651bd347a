package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

class PeriLnTest {
  private final Method method = new PeriLn(MethodOptions.DEFAULTS);

  @Test
  void normalizesWhatGoesInAndWhatComesOut() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    double[] gain = graph.values("block1.attention.norm.gain");
    double[] bias = graph.values("block1.attention.norm.bias");
    double[] outputGain = graph.values("block1.attention.output_norm.gain");
    double[] outputBias = graph.values("block1.attention.output_norm.bias");
    graph.assertTokens(
        y,
        x -> {
          double[] branch = SmallGraph.f(RowMath.layerNorm(x, gain, bias));
          return RowMath.add(x, RowMath.layerNorm(branch, outputGain, outputBias));
        });
  }

  @Test
  void endsWithANormAndStartsNeutral() {
    InitialNetwork initial = InitialNetwork.of(method);
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(4 * InitialNetwork.DEPTH + 1);
    assertThat(initial.values("block2.ffn.output_norm.gain")).containsOnly(1);
    assertThat(initial.values("block2.ffn.output_norm.bias")).containsOnly(0);
  }

  @Test
  void theEmbeddingIsNormalizedIfWanted() {
    SmallGraph plain = new SmallGraph();
    assertThat(method.embedded(plain.scope("embedding"), plain.x(), SmallGraph.WIDTH))
        .isSameAs(plain.x());
    SmallGraph graph = new SmallGraph();
    Method wanted = new PeriLn(MethodOptions.DEFAULTS.withEmbeddingNorm(true));
    SDVariable y = wanted.embedded(graph.scope("embedding"), graph.x(), SmallGraph.WIDTH);
    graph.perturb();
    double[] gain = graph.values("embedding.norm.gain");
    double[] bias = graph.values("embedding.norm.bias");
    graph.assertTokens(y, x -> RowMath.layerNorm(x, gain, bias));
  }
}
