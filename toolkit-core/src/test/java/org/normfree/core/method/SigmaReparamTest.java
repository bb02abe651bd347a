package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.nn.Network;

class SigmaReparamTest {
  private static final WeightRole ROLE =
      new WeightRole(WeightRole.Kind.VALUE, Stack.encoderOnly(2));

  private final Method method = new SigmaReparam();

  /** Stretches u by W·Wᵀ. */
  private static double[] stretch(double[][] w, double[] u) {
    double[] result = new double[u.length];
    for (int column = 0; column < w[0].length; column++) {
      double v = 0;
      for (int row = 0; row < w.length; row++) {
        v += w[row][column] * u[row];
      }
      for (int row = 0; row < w.length; row++) {
        result[row] += w[row][column] * v;
      }
    }
    return result;
  }

  private static double norm(double[] a) {
    double sum = 0;
    for (double v : a) {
      sum += v * v;
    }
    return Math.sqrt(sum);
  }

  /** The spectral norm by many power steps from a random vector. */
  private static double spectralNorm(double[][] w) {
    double[] u = new SplittableRandom(2).doubles(w.length, -1, 1).toArray();
    double stretched = 0;
    for (int i = 0; i < 5000; i++) {
      u = RowMath.times(1 / norm(u), u);
      u = stretch(w, u);
      stretched = norm(u);
    }
    return Math.sqrt(stretched);
  }

  @ParameterizedTest
  @CsvSource({"9, 23", "23, 9", "16, 16", "1, 5", "5, 1"})
  void startsAtTheFirstSingularVectorWithTheMapUnchanged(int in, int out) {
    SmallGraph graph = new SmallGraph();
    SDVariable hat = method.weight(graph.scope("map"), ROLE, in, out);
    double[][] w = graph.network().array("map.weight").toDoubleMatrix();
    double sigma = spectralNorm(w);
    double[] u = graph.values("map.u");
    assertThat(graph.scalar("map.gamma")).isCloseTo(sigma, within(1e-12 * sigma));
    assertThat(norm(u)).isCloseTo(1, within(1e-12));
    assertThat(stretch(w, u))
        .containsExactly(RowMath.times(sigma * sigma, u), within(1e-12 * sigma * sigma));
    INDArray difference = hat.eval().sub(graph.network().array("map.weight"));
    assertThat(difference.amaxNumber().doubleValue()).isLessThan(1e-12 * sigma);
  }

  @Test
  void gammaIsTheSpectralNormWhateverTheWeight() {
    SmallGraph graph = new SmallGraph();
    SDVariable hat = method.weight(graph.scope("map"), ROLE, 9, 23);
    INDArray before = hat.eval().dup();
    graph.network().array("map.weight").muli(3);
    assertThat(hat.eval().sub(before).amaxNumber().doubleValue()).isLessThan(1e-12);
    graph.network().array("map.gamma").assign(0.5);
    assertThat(spectralNorm(hat.eval().toDoubleMatrix())).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void theStateFollowsTheWeight() {
    SmallGraph graph = new SmallGraph();
    SDVariable hat = method.weight(graph.scope("map"), ROLE, 9, 23);
    Network network = graph.network();
    assertThat(network.states())
        .containsExactly(new Network.State("map.u", Optional.of(hat.name() + "_next_u")));
    assertThat(graph.parameters()).containsExactly("map.weight", "map.gamma");
    double[] values = new SplittableRandom(3).doubles(9 * 23, -1, 1).toArray();
    network.array("map.weight").assign(Nd4j.createFromArray(values).reshape(9, 23));
    for (int i = 0; i < 2000; i++) {
      INDArray next = network.graph().getVariable(hat.name() + "_next_u").eval();
      network.array("map.u").assign(next);
    }
    network.array("map.gamma").assign(1);
    assertThat(spectralNorm(hat.eval().toDoubleMatrix())).isCloseTo(1, within(1e-9));
  }

  @Test
  void reparametrizesEveryLinearMap() {
    InitialNetwork initial = InitialNetwork.of(method);
    assertThat(initial.network().states()).hasSize(6 * InitialNetwork.DEPTH + 2);
    for (String map :
        List.of(
            InitialNetwork.QUERY,
            InitialNetwork.KEY,
            InitialNetwork.VALUE,
            InitialNetwork.OUT,
            InitialNetwork.FC1,
            InitialNetwork.FC2,
            InitialNetwork.PATCH,
            InitialNetwork.HEAD)) {
      INDArray weight = initial.network().array(map + ".weight");
      double narrow = Math.min(weight.size(0), weight.size(1));
      initial.assertNormal(map, 0.02 * Math.sqrt(768 / narrow));
      assertThat(initial.values(map + ".gamma")).hasSize(1);
    }
    initial.assertZeroBiases();
  }

  @Test
  void addsTheBranchAndHasNoNormalization() {
    SmallGraph graph = new SmallGraph();
    graph.assertTokens(graph.residual(method), x -> RowMath.add(x, SmallGraph.f(x)));
    assertThat(graph.normalize(method, NormSite.Kind.FINAL)).isSameAs(graph.x());
    assertThat(InitialNetwork.of(method).network().norms()).isEmpty();
  }
}
