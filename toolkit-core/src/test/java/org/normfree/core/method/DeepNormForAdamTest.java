package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

class DeepNormForAdamTest {
  private final Method method = new DeepNormForAdam();

  @Test
  void theResidualIsMultipliedByTheRootOfTheBranches() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    double[] gain = graph.values("block1.attention.norm.gain");
    double[] bias = graph.values("block1.attention.norm.bias");
    double alpha = Math.sqrt(Stack.encoderOnly(6).ownBranches());
    graph.assertTokens(
        y,
        x -> {
          double[] scaled = x.clone();
          for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= alpha;
          }
          return RowMath.layerNorm(RowMath.add(scaled, SmallGraph.f(x)), gain, bias);
        });
  }

  @Test
  void weightsAreDividedByIt() {
    InitialNetwork initial = InitialNetwork.of(method, 6);
    double lambda = 1 / Math.sqrt(12);
    initial.assertNormal(InitialNetwork.VALUE, lambda * initial.xavier(InitialNetwork.VALUE));
    initial.assertNormal(InitialNetwork.FC2, lambda * initial.xavier(InitialNetwork.FC2));
    initial.assertNormal(InitialNetwork.QUERY, initial.xavier(InitialNetwork.QUERY));
    assertThat(new Stack(Stack.Kind.DECODER, 4, 6).ownBranches()).isEqualTo(18);
    assertThat(new Stack(Stack.Kind.ENCODER, 4, 6).ownBranches()).isEqualTo(8);
  }
}
