package org.normfree.core.method;

import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

class DeepNormForLambTest {
  private final Method method = new DeepNormForLamb();

  @Test
  void theResidualIsAsItIs() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    double[] gain = graph.values("block1.attention.norm.gain");
    double[] bias = graph.values("block1.attention.norm.bias");
    graph.assertTokens(y, x -> RowMath.layerNorm(RowMath.add(x, SmallGraph.f(x)), gain, bias));
  }

  @Test
  void weightsAreDividedByTheRootOfTheBranches() {
    InitialNetwork initial = InitialNetwork.of(method, 6);
    double lambda = 1 / Math.sqrt(12);
    initial.assertNormal(InitialNetwork.VALUE, lambda * initial.xavier(InitialNetwork.VALUE));
    initial.assertNormal(InitialNetwork.FC2, lambda * initial.xavier(InitialNetwork.FC2));
    initial.assertNormal(InitialNetwork.QUERY, initial.xavier(InitialNetwork.QUERY));
  }
}
