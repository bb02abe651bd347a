package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;

class BlockAttnResTest {
  private final Method method = new BlockAttnRes();

  @ParameterizedTest
  @CsvSource({"1, 2", "8, 2", "9, 4", "16, 4", "17, 6", "100, 26"})
  void layersLieInAtMostEightBlocks(int layers, int branches) {
    assertThat(BlockAttnRes.branchesInABlock(Stack.encoderOnly(layers))).isEqualTo(branches);
    assertThat(2 * BlockAttnRes.branchesInABlock(new Stack(Stack.Kind.DECODER, 1, layers)))
        .isEqualTo(3 * branches);
  }

  private static double dot(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }

  private static double[] mean(List<double[]> sources, double[] query) {
    double[] ones = {1, 1, 1, 1};
    double[] weights =
        sources.stream().mapToDouble(v -> Math.exp(dot(query, RowMath.rmsNorm(v, ones)))).toArray();
    double sum = IntStream.range(0, weights.length).mapToDouble(i -> weights[i]).sum();
    double[] h = new double[query.length];
    for (int i = 0; i < weights.length; i++) {
      h = RowMath.add(h, RowMath.times(weights[i] / sum, sources.get(i)));
    }
    return h;
  }

  /** Nine layers: two layers, four branches, in a block. */
  @Test
  void aBranchSeesAMeanOverTheEmbeddingAndTheBlocks() {
    SmallGraph graph = new SmallGraph();
    int layers = 3;
    SDVariable result = graph.layers(method, Stack.encoderOnly(9), layers);
    graph.perturb();
    graph.assertTokens(
        result,
        token -> {
          List<double[]> closed = new ArrayList<>(List.of(token));
          double[] h = token;
          double[] open = null;
          for (int branch = 0; branch < 2 * layers; branch++) {
            String place = "block" + branch / 2 + (branch % 2 == 0 ? ".attention" : ".ffn");
            double[] gain = graph.values(place + ".norm.gain");
            double[] bias = graph.values(place + ".norm.bias");
            double[] out = SmallGraph.f(RowMath.layerNorm(h, gain, bias));
            if (branch == 4) {
              closed.add(open);
              open = null;
            }
            open = open == null ? out : RowMath.add(open, out);
            List<double[]> sources = new ArrayList<>(closed);
            sources.add(open);
            h = mean(sources, graph.values(place + ".depth.query"));
          }
          return h;
        });
  }

  @Test
  void beginsAsTheMeanOfItsSources() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.layers(method, Stack.encoderOnly(1), 1);
    double[] ones = {1, 1, 1, 1};
    double[] zeros = new double[4];
    graph.assertTokens(
        y,
        x -> {
          double[] first = SmallGraph.f(RowMath.layerNorm(x, ones, zeros));
          double[] half = RowMath.times(0.5, RowMath.add(x, first));
          double[] second = SmallGraph.f(RowMath.layerNorm(half, ones, zeros));
          return RowMath.times(0.5, RowMath.add(x, RowMath.add(first, second)));
        });
    InitialNetwork initial = InitialNetwork.of(method);
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(2 * InitialNetwork.DEPTH + 1);
    assertThat(initial.parameters(".depth.query")).hasSize(2 * InitialNetwork.DEPTH);
  }
}
