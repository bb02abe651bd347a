package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

class DeepNormTest {
  private final Method method = new DeepNorm();

  @Test
  void alphaMultipliesTheResidual() {
    for (Stack stack :
        List.of(
            Stack.encoderOnly(18),
            Stack.decoderOnly(6),
            new Stack(Stack.Kind.ENCODER, 18, 6),
            new Stack(Stack.Kind.DECODER, 18, 6))) {
      SmallGraph graph = new SmallGraph();
      SDVariable y = graph.residual(method, Branch.Kind.FFN, stack);
      graph.perturb();
      double[] gain = graph.values("block1.ffn.norm.gain");
      double[] bias = graph.values("block1.ffn.norm.bias");
      double alpha =
          switch (stack.kind()) {
            case ENCODER_ONLY -> Math.pow(36, 0.25);
            case DECODER_ONLY -> Math.pow(12, 0.25);
            case ENCODER -> 0.81 * Math.pow(Math.pow(18, 4) * 6, 1.0 / 16);
            case DECODER -> Math.pow(18, 0.25);
            case CONVOLUTIONAL -> throw new AssertionError(stack);
          };
      graph.assertTokens(
          y,
          x -> {
            double[] sum = RowMath.add(RowMath.times(alpha, x), SmallGraph.f(x));
            return RowMath.layerNorm(sum, gain, bias);
          });
    }
  }

  @Test
  void alphaIsAConstant() {
    SmallGraph graph = new SmallGraph();
    graph.residual(method);
    assertThat(graph.parameters())
        .containsExactly("block1.attention.norm.gain", "block1.attention.norm.bias");
  }

  @Test
  void betaScalesValueOutputAndFeedForwardOnly() {
    InitialNetwork initial = InitialNetwork.of(method);
    double beta = Math.pow(8 * InitialNetwork.DEPTH, -0.25);
    for (String map :
        List.of(InitialNetwork.VALUE, InitialNetwork.OUT, InitialNetwork.FC1, InitialNetwork.FC2)) {
      initial.assertNormal(map, beta * initial.xavier(map));
    }
    for (String map : List.of(InitialNetwork.QUERY, InitialNetwork.KEY)) {
      initial.assertNormal(map, initial.xavier(map));
    }
    for (String map : List.of(InitialNetwork.PATCH, InitialNetwork.HEAD)) {
      initial.assertUniform(map, initial.xavier(map));
    }
    initial.assertZeroBiases();
  }

  @Test
  void aWeightTakesTheGainOfItsOwnStack() {
    SmallGraph graph = new SmallGraph();
    WeightRole encoder =
        new WeightRole(WeightRole.Kind.VALUE, new Stack(Stack.Kind.ENCODER, 18, 6));
    WeightRole decoder =
        new WeightRole(WeightRole.Kind.VALUE, new Stack(Stack.Kind.DECODER, 18, 6));
    // the same name in two graphs draws the same numbers, so their ratio is that of the gains
    Scope other = new SmallGraph().scope("map");
    double first = method.weight(graph.scope("map"), encoder, 5, 7).getArr().getDouble(0);
    double second = method.weight(other, decoder, 5, 7).getArr().getDouble(0);
    double ratio = 0.87 * Math.pow(Math.pow(18, 4) * 6, -1.0 / 16) / Math.pow(12 * 6, -0.25);
    assertThat(first / second).isCloseTo(ratio, within(1e-12));
  }

  @Test
  void hasNoLastNorm() {
    SmallGraph graph = new SmallGraph();
    assertThat(graph.normalize(method, NormSite.Kind.FINAL)).isSameAs(graph.x());
    assertThat(InitialNetwork.of(method).network().norms()).hasSize(2 * InitialNetwork.DEPTH);
  }
}
