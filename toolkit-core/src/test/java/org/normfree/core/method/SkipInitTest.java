package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

class SkipInitTest {
  private final Method method = new SkipInit();

  @Test
  void gatesTheBranch() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    double gate = graph.scalar("block1.attention.gate");
    graph.assertTokens(y, x -> RowMath.add(x, RowMath.times(gate, SmallGraph.f(x))));
  }

  @Test
  void hasOneGateABranchThatStartsAtZero() {
    InitialNetwork initial = InitialNetwork.of(method);
    assertThat(initial.parameters(".gate")).hasSize(2 * InitialNetwork.DEPTH);
    initial.parameters(".gate").forEach(initial::assertZero);
    initial.assertDefaultWeights();
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
