package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;

class SpanNormTest {
  private final Method method = new SpanNorm();

  private static double[] norm(SmallGraph graph, String place, double[] x) {
    return RowMath.layerNorm(
        x, graph.values(place + ".norm.gain"), graph.values(place + ".norm.bias"));
  }

  @Test
  void theFeedForwardBranchIsAddedToTheInputOfItsBlock() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.layers(method, Stack.encoderOnly(2), 2);
    graph.perturb();
    graph.assertTokens(
        y,
        token -> {
          double[] x = token;
          for (String block : new String[] {"block0", "block1"}) {
            double[] behind = norm(graph, block + ".attention", RowMath.add(x, SmallGraph.f(x)));
            x = norm(graph, block + ".ffn", RowMath.add(x, SmallGraph.f(behind)));
          }
          return x;
        });
  }

  @Test
  void crossAttentionStandsBetweenAsPostLn() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.layers(method, new Stack(Stack.Kind.DECODER, 1, 1), 1);
    graph.perturb();
    graph.assertTokens(
        y,
        x -> {
          double[] z = norm(graph, "block0.attention", RowMath.add(x, SmallGraph.f(x)));
          z = norm(graph, "block0.cross_attention", RowMath.add(z, SmallGraph.f(z)));
          return norm(graph, "block0.ffn", RowMath.add(x, SmallGraph.f(z)));
        });
  }

  @Test
  void aFeedForwardBranchWithoutAttentionBeforeItIsRefused() {
    SmallGraph graph = new SmallGraph();
    assertThatThrownBy(() -> graph.residual(method, Branch.Kind.FFN, Stack.encoderOnly(2)))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("method span-norm", "block1.ffn", "attention branch");
  }

  @Test
  void isPostLnOtherwise() {
    InitialNetwork initial = InitialNetwork.of(method);
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(2 * InitialNetwork.DEPTH);
  }
}
