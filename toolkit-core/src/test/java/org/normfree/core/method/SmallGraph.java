package org.normfree.core.method;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;

/** A graph with an input of six tokens, on which a test runs what a method builds. */
final class SmallGraph {
  static final int WIDTH = 4;

  private static final int TOKENS = 6;

  private final Scope root = Scope.root(DataType.DOUBLE, 3);
  private final double[][] tokens;
  private final SDVariable x;

  SmallGraph() {
    SplittableRandom random = new SplittableRandom(8);
    tokens =
        Stream.generate(() -> random.doubles(WIDTH, -2, 2).toArray())
            .limit(TOKENS)
            .toArray(double[][]::new);
    x = root.graph().constant("x", Nd4j.createFromArray(tokens).reshape(2, 3, WIDTH));
  }

  /** The input, [2, 3, WIDTH]. */
  SDVariable x() {
    return x;
  }

  Scope scope(String name) {
    return root.child(name);
  }

  /** The method's residual branch around {@link #f}, in the second block of {@code stack}. */
  SDVariable residual(Method method, Branch.Kind kind, Stack stack) {
    Scope scope = root.child("block1").child(kind == Branch.Kind.FFN ? "ffn" : "attention");
    return method.residual(scope, new Branch(kind, 1, WIDTH, stack), x, SmallGraph::f);
  }

  SDVariable residual(Method method) {
    return residual(method, Branch.Kind.ATTENTION, Stack.encoderOnly(6));
  }

  /** All branches of the first layers of {@code stack}, each around {@link #f}. */
  SDVariable layers(Method method, Stack stack, int layers) {
    SDVariable y = x;
    for (int block = 0; block < layers; block++) {
      for (Branch.Kind kind : kinds(stack)) {
        Scope scope = root.child("block" + block).child(kind.name().toLowerCase(Locale.ROOT));
        y = method.residual(scope, new Branch(kind, block, WIDTH, stack), y, SmallGraph::f);
      }
    }
    return y;
  }

  private static List<Branch.Kind> kinds(Stack stack) {
    return stack.kind() == Stack.Kind.DECODER
        ? List.of(Branch.Kind.ATTENTION, Branch.Kind.CROSS_ATTENTION, Branch.Kind.FFN)
        : List.of(Branch.Kind.ATTENTION, Branch.Kind.FFN);
  }

  SDVariable normalize(Method method, NormSite.Kind site) {
    return method.normalize(root.child("norm"), new NormSite(site, WIDTH), x);
  }

  /** What stands in the branch: 0.3·v² − v, so that no two orders of operations agree. */
  private static SDVariable f(SDVariable v) {
    return v.mul(v).mul(0.3).sub(v);
  }

  /** The same on a token. */
  static double[] f(double[] v) {
    return RowMath.map(v, a -> 0.3 * a * a - a);
  }

  /** Moves every parameter off its initial value, so that none is a neutral 0 or 1. */
  void perturb() {
    SplittableRandom random = new SplittableRandom(9);
    for (Network.Parameter parameter : root.network().parameters()) {
      INDArray array = root.network().array(parameter.name());
      array.addi(
          Nd4j.createFromArray(random.doubles(array.length(), 0.1, 0.9).toArray())
              .reshape(array.shape()));
    }
  }

  Network network() {
    return root.network();
  }

  List<String> parameters() {
    return network().parameters().stream().map(Network.Parameter::name).toList();
  }

  double[] values(String name) {
    return network().array(name).dup().reshape(-1).toDoubleVector();
  }

  double scalar(String name) {
    Assertions.assertThat(network().array(name).length()).as(name + " is a scalar").isEqualTo(1);
    return network().array(name).getDouble(0);
  }

  /** What a state becomes after a training step. */
  double[] next(String state) {
    String next =
        network().states().stream()
            .filter(s -> s.name().equals(state))
            .findFirst()
            .flatMap(Network.State::next)
            .orElseThrow();
    return root.graph().getVariable(next).eval().dup().reshape(-1).toDoubleVector();
  }

  /** The input, a token a row. */
  double[][] tokens() {
    return tokens;
  }

  /** Asserts that {@code y} is {@code expected} of each token, to 1e-12. */
  void assertTokens(SDVariable y, UnaryOperator<double[]> expected) {
    double[][] actual = y.eval().dup().reshape(TOKENS, WIDTH).toDoubleMatrix();
    for (int i = 0; i < TOKENS; i++) {
      Assertions.assertThat(actual[i])
          .as("token " + i)
          .containsExactly(expected.apply(tokens[i]), Assertions.within(1e-12));
    }
  }
}
