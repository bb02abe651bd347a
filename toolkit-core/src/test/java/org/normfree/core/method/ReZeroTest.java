package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

class ReZeroTest {
  private final Method method = new ReZero();

  @Test
  void gatesTheBranch() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    double gate = graph.scalar("block1.resweight");
    graph.assertTokens(y, x -> RowMath.add(x, RowMath.times(gate, SmallGraph.f(x))));
  }

  @Test
  void theBranchesOfALayerShareTheirGateAndLayersDoNot() {
    InitialNetwork initial = InitialNetwork.of(method);
    assertThat(initial.parameters("resweight"))
        .containsExactly("block0.resweight", "block1.resweight", "block2.resweight");
    initial.parameters("resweight").forEach(initial::assertZero);
    initial.assertDefaultWeights();
  }

  @Test
  void bothBranchesComputeWithTheSharedGate() {
    SmallGraph graph = new SmallGraph();
    Stack stack = Stack.encoderOnly(6);
    SDVariable attention = graph.residual(method, Branch.Kind.ATTENTION, stack);
    SDVariable ffn = graph.residual(method, Branch.Kind.FFN, stack);
    graph.network().array("block1.resweight").assign(0.7);
    graph.assertTokens(attention, x -> RowMath.add(x, RowMath.times(0.7, SmallGraph.f(x))));
    graph.assertTokens(ffn, x -> RowMath.add(x, RowMath.times(0.7, SmallGraph.f(x))));
  }

  @Test
  void hasNoNormalization() {
    SmallGraph graph = new SmallGraph();
    assertThat(graph.normalize(method, NormSite.Kind.FINAL)).isSameAs(graph.x());
    assertThat(InitialNetwork.of(method).network().norms()).isEmpty();
  }

  @Test
  void everyBranchIsNothingAtTheStart() {
    assertThat(InitialNetwork.of(method, 5).logits())
        .containsExactly(InitialNetwork.of(method, 1).logits());
  }
}
