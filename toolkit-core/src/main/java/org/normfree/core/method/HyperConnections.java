package org.normfree.core.method;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * Static hyper-connections on the doubly stochastic matrices: n residual streams,
 *
 * <pre>
 * X ← H·X + h_post·f(LN(h_preᵀ·X))     H = Σₖ softmax(a)ₖ·Pₖ     h_pre = σ(b)     h_post = 2σ(c)
 * </pre>
 *
 * over all n! permutations Pₖ, so that H's rows and columns sum to 1 exactly; a, b and c are
 * trained, one of each a branch. The streams begin as copies of the embedding, the stack gives
 * their sum, and a last LN stands before the head. The model sees the sum as its stream; the
 * streams go beside it. Sources: arXiv 2512.24880 (mHC) and 2601.05732 (mHC-lite, the
 * permutations).
 *
 * <p>a begins at 0 for the identity and −8 for the others, b and c at 1 for one stream, another one
 * each branch, and −1 for the others: read in a port of mHC-lite. The sources also let all three
 * depend on the token; that part is not here.
 */
public final class HyperConnections extends Remembering<HyperConnections.Streams> {
  private static final double OTHER_PERMUTATIONS = -8;

  private final String name;
  private final int count;

  /**
   * The streams of a stack.
   *
   * @param all [..., width, n]
   * @param branches how many branches they have had
   */
  record Streams(SDVariable all, int branches) {}

  /**
   * @param name registry name
   * @param count n, at least 2; there are n! permutations
   */
  public HyperConnections(String name, int count) {
    super(Streams.class);
    this.name = name;
    this.count = count;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return LayerNorms.apply(scope, site, x);
  }

  @Override
  Streams begin(Scope scope, Branch branch, SDVariable x) {
    SDVariable ones = scope.child("streams").constant("copies", Initializer.constant(1), 1, count);
    return new Streams(spread(scope, x, ones), 0);
  }

  @Override
  SDVariable join(
      Scope scope, Branch branch, Streams carried, SDVariable x, UnaryOperator<SDVariable> f) {
    Scope place = scope.child("streams");
    int favoured = carried.branches % count;
    SDVariable pre = sigmoid(place, "pre", favoured, count, 1);
    SDVariable in = gather(scope, carried.all, pre);
    SDVariable out = f.apply(normalize(scope.child("norm"), branch.site(), in));
    SDVariable post = sigmoid(place, "post", favoured, 1, count).mul(2);
    SDVariable mixed = scope.ops().linear(place.name("mixed"), carried.all, mixing(place), null);
    SDVariable all = mixed.add(spread(scope, out, post));
    SDVariable ones = place.constant("ones", Initializer.constant(1), count, 1);
    SDVariable sum = gather(scope, all, ones);
    scope.remember(sum, new Streams(all, carried.branches + 1));
    return sum;
  }

  /** [..., width] to [..., width, n] with the factors [1, n]. */
  private static SDVariable spread(Scope scope, SDVariable x, SDVariable factors) {
    return scope.ops().linear(null, scope.graph().expandDims(x, -1), factors, null);
  }

  /** [..., width, n] to [..., width] with the factors [n, 1]. */
  private static SDVariable gather(Scope scope, SDVariable all, SDVariable factors) {
    return scope.graph().squeeze(scope.ops().linear(null, all, factors, null), -1);
  }

  /** A trained vector, which is not decayed, through a sigmoid and in the shape of a matrix. */
  private static SDVariable sigmoid(Scope scope, String name, int favoured, long... shape) {
    Initializer initial =
        (s, rng) -> {
          double[] values = new double[Math.toIntExact(s[0])];
          for (int i = 0; i < values.length; i++) {
            values[i] = i == favoured ? 1 : -1;
          }
          return values;
        };
    SDVariable vector = scope.parameter(name, initial, shape[0] * shape[1]);
    return scope.graph().nn().sigmoid(vector).reshape(shape);
  }

  /** Hᵀ, [n, n], because the streams lie in rows. */
  private SDVariable mixing(Scope scope) {
    List<int[]> permutations = permutations(count);
    int n = permutations.size();
    Initializer identity =
        (shape, rng) -> {
          double[] values = new double[n];
          for (int k = 1; k < n; k++) {
            values[k] = OTHER_PERMUTATIONS;
          }
          return values;
        };
    SDVariable a = scope.parameter("permutations", identity, n);
    SDVariable shares = scope.graph().nn().softmax(a.reshape(1, n), 1);
    SDVariable matrices =
        scope.constant(
            "matrices", (shape, rng) -> transposed(permutations), n, (long) count * count);
    return scope.ops().linear(null, shares, matrices, null).reshape(count, count);
  }

  /** A row a permutation: its matrix, of which element (i, π(i)) is 1, transposed. */
  private double[] transposed(List<int[]> permutations) {
    double[] rows = new double[permutations.size() * count * count];
    for (int k = 0; k < permutations.size(); k++) {
      for (int i = 0; i < count; i++) {
        rows[k * count * count + permutations.get(k)[i] * count + i] = 1;
      }
    }
    return rows;
  }

  /**
   * All permutations of 0 to n − 1 in lexicographic order, so the identity first.
   *
   * @param n at least 1
   * @return n! arrays
   */
  static List<int[]> permutations(int n) {
    List<int[]> all = new ArrayList<>();
    extend(new int[n], 0, all);
    return all;
  }

  private static void extend(int[] begun, int length, List<int[]> all) {
    if (length == begun.length) {
      all.add(begun.clone());
      return;
    }
    for (int next = 0; next < begun.length; next++) {
      boolean used = false;
      for (int i = 0; i < length; i++) {
        used |= begun[i] == next;
      }
      if (!used) {
        begun[length] = next;
        extend(begun, length + 1, all);
      }
    }
  }
}
