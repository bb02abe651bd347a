package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

class ScaledResidualTest {
  private final Method method = new ScaledResidual();

  @Test
  void theBranchIsDividedByTheRootOfTheBranches() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    double epsilon = 1 / Math.sqrt(Stack.encoderOnly(6).ownBranches());
    graph.assertTokens(y, x -> RowMath.add(x, RowMath.times(epsilon, SmallGraph.f(x))));
  }

  @Test
  void weightsKeepTheVarianceAndThereIsNoNormalization() {
    InitialNetwork initial = InitialNetwork.of(method, 6);
    initial.assertNormal(InitialNetwork.VALUE, initial.xavier(InitialNetwork.VALUE));
    initial.assertNormal(InitialNetwork.FC2, initial.xavier(InitialNetwork.FC2));
    assertThat(initial.network().norms()).isEmpty();
  }
}
