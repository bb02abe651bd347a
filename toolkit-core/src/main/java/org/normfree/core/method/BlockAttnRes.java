package org.normfree.core.method;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * Block attention residuals: what a branch sees is no running sum but a mean over sources, {@code h
 * = Σᵢ aᵢ·vᵢ}, {@code a = softmaxᵢ(w·vᵢ/rms(vᵢ))}, with a trained vector w of channels for each
 * branch and for the end; the sources are the embedding and the sums of the branches' outputs
 * within each of at most eight blocks of layers, the open one included. Branches see LN(h), and a
 * last LN stands before the head. w begins at 0, so that all sources count the same. Source: arXiv
 * 2603.15031, figure 2, as printed in its repository, MoonshotAI/Attention-Residuals.
 *
 * <p>There the norm of the keys has a gain, which w contains. Where the layers do not fill eight
 * blocks evenly, a block has as many as the division rounded up, which is this toolkit's choice.
 */
public final class BlockAttnRes extends Remembering<BlockAttnRes.Sources> {
  private static final int BLOCKS = 8;
  private static final double EPSILON = 1e-6;

  /**
   * A source.
   *
   * @param value vᵢ
   * @param key vᵢ/rms(vᵢ)
   */
  record Source(SDVariable value, SDVariable key) {}

  /**
   * What a stack has given so far.
   *
   * @param closed the embedding and the finished blocks
   * @param open the block that grows: its sum; before the first branch the embedding
   * @param branches how many branches there were
   */
  record Sources(List<Source> closed, Source open, int branches) {}

  /** Sources of its own for every stack. */
  public BlockAttnRes() {
    super(Sources.class);
  }

  @Override
  public String name() {
    return "block-attn-res";
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return LayerNorms.apply(scope, site, x);
  }

  /**
   * Branches in a block.
   *
   * @param stack the stack they belong to
   * @return those of ⌈layers/8⌉ layers
   */
  public static int branchesInABlock(Stack stack) {
    int layers = (stack.layers() + BLOCKS - 1) / BLOCKS;
    return layers * (stack.ownBranches() / stack.layers());
  }

  @Override
  Sources begin(Scope scope, Branch branch, SDVariable x) {
    return new Sources(List.of(), source(scope.child("first_source"), branch, x), 0);
  }

  private static Source source(Scope scope, Branch branch, SDVariable value) {
    SDVariable one = scope.constant("one", Initializer.constant(1), branch.width());
    return new Source(value, scope.ops().rmsNorm(scope.name("key"), value, one, EPSILON));
  }

  @Override
  SDVariable join(
      Scope scope, Branch branch, Sources carried, SDVariable x, UnaryOperator<SDVariable> f) {
    SDVariable out = f.apply(normalize(scope.child("norm"), branch.site(), x));
    boolean opens = carried.branches % branchesInABlock(branch.stack()) == 0;
    List<Source> closed = new ArrayList<>(carried.closed);
    if (opens) {
      closed.add(carried.open);
    }
    Scope depth = scope.child("depth");
    Source open = source(depth, branch, opens ? out : carried.open.value.add(out));
    List<Source> all = new ArrayList<>(closed);
    all.add(open);
    SDVariable h = mean(depth, branch, all);
    scope.remember(h, new Sources(List.copyOf(closed), open, carried.branches + 1));
    return h;
  }

  /** The sources, weighted by what the next branch asks for. */
  private static SDVariable mean(Scope scope, Branch branch, List<Source> sources) {
    int n = sources.size();
    SDVariable query = scope.parameter("query", Initializer.constant(0), branch.width(), 1);
    SDVariable[] scores =
        sources.stream()
            .map(source -> scope.ops().linear(null, source.key, query, null))
            .toArray(SDVariable[]::new);
    SDVariable weights = scope.graph().nn().softmax(scope.graph().concat(-1, scores), -1);
    SDVariable sum = null;
    for (int i = 0; i < n; i++) {
      int chosen = i;
      SDVariable unit =
          scope.constant(
              "unit" + i,
              (shape, rng) -> IntStream.range(0, n).mapToDouble(j -> j == chosen ? 1 : 0).toArray(),
              n,
              1);
      SDVariable share = scope.ops().linear(null, weights, unit, null);
      SDVariable term = sources.get(i).value.mul(share);
      sum = sum == null ? term : sum.add(term);
    }
    return sum;
  }
}
