package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

class HyperConnectionsTest {
  private static Method method(int n) {
    return Methods.create(
        n == 2 ? "hyper-connections" : "hyper-connections-4", MethodOptions.DEFAULTS);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void thereAreAllPermutationsAndTheIdentityIsFirst(int n) {
    List<int[]> all = HyperConnections.permutations(n);
    int factorial = 1;
    for (int i = 2; i <= n; i++) {
      factorial *= i;
    }
    assertThat(all.stream().map(Arrays::toString).distinct()).hasSize(factorial);
    for (int[] permutation : all) {
      int[] sorted = permutation.clone();
      Arrays.sort(sorted);
      assertThat(all.get(0)).containsExactly(sorted);
    }
  }

  private static double sigmoid(double v) {
    return 1 / (1 + Math.exp(-v));
  }

  /** H of a branch by the definition: its permutations, weighted. */
  private static double[][] mixing(double[] logits, int n) {
    double[] shares = Arrays.stream(logits).map(Math::exp).toArray();
    double sum = Arrays.stream(shares).sum();
    double[][] h = new double[n][n];
    for (int k = 0; k < shares.length; k++) {
      int[] permutation = HyperConnections.permutations(n).get(k);
      for (int i = 0; i < n; i++) {
        h[i][permutation[i]] += shares[k] / sum;
      }
    }
    return h;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void streamsAreMixedAndTheBranchIsSpread(int n) {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.layers(method(n), Stack.encoderOnly(2), 2);
    graph.perturb();
    graph.assertTokens(
        y,
        token -> {
          double[][] streams = new double[n][];
          Arrays.fill(streams, token);
          for (String place :
              List.of("block0.attention", "block0.ffn", "block1.attention", "block1.ffn")) {
            double[] pre = graph.values(place + ".streams.pre");
            double[] post = graph.values(place + ".streams.post");
            double[][] h = mixing(graph.values(place + ".streams.permutations"), n);
            double[] in = new double[token.length];
            for (int j = 0; j < n; j++) {
              in = RowMath.add(in, RowMath.times(sigmoid(pre[j]), streams[j]));
            }
            double[] gain = graph.values(place + ".norm.gain");
            double[] out =
                SmallGraph.f(RowMath.layerNorm(in, gain, graph.values(place + ".norm.bias")));
            double[][] next = new double[n][];
            for (int i = 0; i < n; i++) {
              next[i] = RowMath.times(2 * sigmoid(post[i]), out);
              for (int j = 0; j < n; j++) {
                next[i] = RowMath.add(next[i], RowMath.times(h[i][j], streams[j]));
              }
            }
            streams = next;
          }
          return Arrays.stream(streams).reduce(RowMath::add).orElseThrow();
        });
  }

  @Test
  void rowsAndColumnsSumToOne() {
    double[][] h = mixing(new double[] {0.3, -2, 1, 0.1, 5, -4}, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(h[i][0] + h[i][1] + h[i][2]).isCloseTo(1, within(1e-15));
      assertThat(h[0][i] + h[1][i] + h[2][i]).isCloseTo(1, within(1e-15));
    }
  }

  @Test
  void eachBranchFavoursAnotherStreamAndTheStreamsStayApartAtTheStart() {
    SmallGraph graph = new SmallGraph();
    graph.layers(method(4), Stack.encoderOnly(3), 3);
    assertThat(graph.values("block0.attention.streams.pre")).containsExactly(1, -1, -1, -1);
    assertThat(graph.values("block0.ffn.streams.pre")).containsExactly(-1, 1, -1, -1);
    assertThat(graph.values("block2.attention.streams.post")).containsExactly(1, -1, -1, -1);
    INDArray logits = graph.network().array("block1.ffn.streams.permutations");
    assertThat(logits.shape()).containsExactly(24);
    assertThat(logits.getDouble(0)).isZero();
    assertThat(logits.sumNumber().doubleValue()).isEqualTo(-8 * 23);
    InitialNetwork initial = InitialNetwork.of(method(2));
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(2 * InitialNetwork.DEPTH + 1);
  }
}
