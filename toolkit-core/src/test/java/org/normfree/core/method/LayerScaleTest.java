package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

class LayerScaleTest {
  private final Method method = new LayerScale(MethodOptions.DEFAULTS);

  @Test
  void scalesTheChannelsOfAPreLnBranch() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    double[] scale = graph.values("block1.attention.scale");
    double[] gain = graph.values("block1.attention.norm.gain");
    double[] bias = graph.values("block1.attention.norm.bias");
    graph.assertTokens(
        y,
        x -> {
          double[] branch = SmallGraph.f(RowMath.layerNorm(x, gain, bias));
          return RowMath.add(x, RowMath.mul(scale, branch));
        });
  }

  @Test
  void startsSmall() {
    InitialNetwork initial = InitialNetwork.of(method);
    assertThat(initial.parameters(".scale")).hasSize(2 * InitialNetwork.DEPTH);
    assertThat(initial.values("block2.ffn.scale")).hasSize(64).containsOnly(1e-4);
    initial.assertDefaultWeights();
  }

  @Test
  void theStartCanBeChosen() {
    MethodOptions deep = new MethodOptions(Alpha0.everywhere(0.5), false, true, true, true, 1e-6);
    assertThat(InitialNetwork.of(new LayerScale(deep)).values("block0.attention.scale"))
        .containsOnly(1e-6);
  }

  @Test
  void endsWithALayerNorm() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.normalize(method, NormSite.Kind.FINAL);
    graph.perturb();
    double[] gain = graph.values("norm.gain");
    double[] bias = graph.values("norm.bias");
    graph.assertTokens(y, x -> RowMath.layerNorm(x, gain, bias));
  }
}
