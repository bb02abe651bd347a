package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;

class SiameseNormTest {
  private final Method method = new SiameseNorm();

  private static double[] norm(SmallGraph graph, String place, double[] x) {
    return RowMath.layerNorm(x, graph.values(place + ".gain"), graph.values(place + ".bias"));
  }

  @Test
  void twoStreamsShareTheirBranches() {
    SmallGraph graph = new SmallGraph();
    SDVariable result = graph.layers(method, new Stack(Stack.Kind.DECODER, 4, 2), 2);
    graph.perturb();
    String[] branches = {
      "block0.attention",
      "block0.cross_attention",
      "block0.ffn",
      "block1.attention",
      "block1.cross_attention",
      "block1.ffn"
    };
    graph.assertTokens(
        result,
        token -> {
          double[] x = token;
          double[] y = token;
          double[] sum = RowMath.add(x, norm(graph, "block0.attention.first_y_norm", y));
          for (int l = 1; l <= branches.length; l++) {
            String place = branches[l - 1];
            double[] o = SmallGraph.f(norm(graph, place + ".norm", sum));
            double[] scaled = RowMath.times(1 / Math.sqrt(l + 1.0), o);
            x = norm(graph, place + ".x_norm", RowMath.add(x, scaled));
            y = RowMath.add(y, o);
            sum = RowMath.add(x, norm(graph, place + ".y_norm", y));
          }
          return sum;
        });
  }

  @Test
  void everyStackHasStreamsOfItsOwn() {
    SmallGraph once = new SmallGraph();
    double[] alone = once.layers(method, Stack.encoderOnly(1), 1).eval().dup().data().asDouble();
    SmallGraph graph = new SmallGraph();
    Stack stack = Stack.encoderOnly(1);
    SDVariable first = layer(graph, "first", stack);
    SDVariable second = layer(graph, "second", stack);
    assertThat(first.eval().dup().data().asDouble()).containsExactly(alone);
    assertThat(second.eval().dup().data().asDouble()).containsExactly(alone);
  }

  private SDVariable layer(SmallGraph graph, String name, Stack stack) {
    SDVariable y = graph.x();
    for (Branch.Kind kind : new Branch.Kind[] {Branch.Kind.ATTENTION, Branch.Kind.FFN}) {
      y =
          method.residual(
              graph.scope(name).child(kind.name()),
              new Branch(kind, 0, SmallGraph.WIDTH, stack),
              y,
              v -> v.mul(v).mul(0.3).sub(v));
    }
    return y;
  }

  @Test
  void aStreamThatWasChangedIsRefused() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.layers(method, Stack.encoderOnly(2), 1);
    Branch next = new Branch(Branch.Kind.ATTENTION, 1, SmallGraph.WIDTH, Stack.encoderOnly(2));
    SDVariable changed = y.mul(2);
    assertThatThrownBy(() -> method.residual(graph.scope("block1"), next, changed, v -> v))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("method siamese-norm", "block1", "hand it on unchanged");
    assertThat(method.residual(graph.scope("block1"), next, y, v -> v)).isNotNull();
  }

  @Test
  void startsWithOrdinaryWeightsAndEndsWithANorm() {
    InitialNetwork initial = InitialNetwork.of(method);
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(6 * InitialNetwork.DEPTH + 2);
  }
}
