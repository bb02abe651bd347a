package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

class TFixupTest {
  private final Method method = new TFixup();

  @Test
  void factorsAreThoseOfTheOfficialCode() {
    // 0.67·6^(−1/4) and (9·6)^(−1/4), worked out by hand
    assertThat(TFixup.factor(new Stack(Stack.Kind.ENCODER, 6, 6))).isCloseTo(0.42809, within(1e-5));
    assertThat(TFixup.factor(new Stack(Stack.Kind.DECODER, 6, 6))).isCloseTo(0.36889, within(1e-5));
    assertThat(TFixup.factor(new Stack(Stack.Kind.DECODER, 12, 6)))
        .isEqualTo(TFixup.factor(Stack.decoderOnly(6)));
  }

  @Test
  void scalesValueOutputAndFeedForwardOnly() {
    InitialNetwork initial = InitialNetwork.of(method);
    double factor = TFixup.factor(Stack.encoderOnly(InitialNetwork.DEPTH));
    for (String map :
        new String[] {
          InitialNetwork.VALUE, InitialNetwork.OUT, InitialNetwork.FC1, InitialNetwork.FC2
        }) {
      initial.assertUniform(map, factor * initial.xavier(map));
    }
    for (String map :
        new String[] {
          InitialNetwork.QUERY, InitialNetwork.KEY, InitialNetwork.PATCH, InitialNetwork.HEAD
        }) {
      initial.assertUniform(map, initial.xavier(map));
    }
    assertThat(initial.network().norms()).isEmpty();
  }

  @Test
  void addsTheBranchToTheResidual() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.assertTokens(y, x -> RowMath.add(x, SmallGraph.f(x)));
  }
}
