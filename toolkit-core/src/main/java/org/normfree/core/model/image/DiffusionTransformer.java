package org.normfree.core.model.image;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;
import org.normfree.core.method.Branch;
import org.normfree.core.method.Method;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.Checks;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.Layers;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * DiT, the Diffusion Transformer with adaLN-Zero: patches and fixed positions; a condition c, the
 * embedded time plus the embedded label; blocks
 *
 * <pre>
 * (b₁, s₁, g₁, b₂, s₂, g₂) = SiLU(c)·W
 * x ← x + g₁∘attention(n(x)∘(1 + s₁) + b₁)
 * x ← x + g₂∘mlp(n(x)∘(1 + s₂) + b₂)
 * </pre>
 *
 * a last modulated norm, a linear map to pixels, and the patches put back into their places. The
 * norm n has no gain and no bias, they come from the condition: of DyT that leaves {@code
 * tanh(αx)}. Where a {@link Method} has its norm elsewhere, x is modulated without one. The MLP has
 * the tanh form of GELU.
 *
 * <p>Source: arXiv 2212.09748 and facebookresearch/DiT, whose initial weights these are: Xavier
 * uniform (query, key and value as one matrix), normal with deviation 0.02 for the label's table
 * and the time's maps, and 0 as {@link DiTConfig.ZeroInit} says.
 */
public final class DiffusionTransformer implements Denoiser {
  private static final double PERIOD = 10000;
  private static final int MODULATIONS = 6;

  /** q, k and v are one matrix [d, 3d] there, so the bound is √(6/4d), not √(6/2d). */
  private static final Start ATTENTION = Start.jointQueryKeyValue();

  private static final Start SMALL = Start.of(Initializer.normal(0.02));

  private final DiTConfig config;
  private final Method method;
  private final Layers layers;

  /**
   * @param config the shape
   * @param method what keeps it trainable
   * @throws InputException if both the method and the zero-initialization let branches begin as
   *     nothing
   */
  public DiffusionTransformer(DiTConfig config, Method method) {
    requireOneZero(config, method);
    this.config = config;
    this.method = method;
    this.layers =
        new Layers(
            method,
            config.stack(),
            config.dim(),
            config.heads(),
            config.hidden(),
            FeedForward.TANH_GELU,
            true,
            NormSite.Affine.NONE,
            NormSite.EPSILON,
            DiffusionTransformer::start);
  }

  /**
   * Refuses two factors of 0 in one branch.
   *
   * @param config the shape
   * @param method what is to keep it trainable
   * @throws InputException if the blocks start as nothing by the one and by the other
   */
  public static void requireOneZero(DiTConfig config, Method method) {
    Checks.require(
        !(config.zeroInit().blocks() && method.startsAtIdentity()),
        "method %s starts its branches at 0, and so does zero.init=%s: neither factor would get a gradient; set zero.init=dyt, or choose another method",
        method.name(),
        config.zeroInit().name().toLowerCase(Locale.ROOT));
  }

  private static Optional<Start> start(WeightRole.Kind kind) {
    return switch (kind) {
      case QUERY, KEY, VALUE -> Optional.of(ATTENTION);
      case EMBEDDING, CONDITION -> Optional.of(SMALL);
      default -> Optional.empty();
    };
  }

  @Override
  public int height() {
    return config.height();
  }

  @Override
  public int width() {
    return config.width();
  }

  @Override
  public int channels() {
    return config.channels();
  }

  @Override
  public int classes() {
    return config.classes();
  }

  @Override
  public int times() {
    return config.times();
  }

  @Override
  public boolean learnedSigma() {
    return config.learnedSigma();
  }

  @Override
  public SDVariable predict(Scope root, SDVariable x, SDVariable time, SDVariable label) {
    SDVariable condition =
        time(root.child("time"), time).add("condition", label(root.child("label"), label));
    SDVariable activated = root.ops().silu("activated_condition", condition);
    SDVariable tokens = embed(root, x);
    for (int i = 0; i < config.depth(); i++) {
      tokens = block(root.child("block" + i), i, tokens, activated);
    }
    return config.patches(config.guessed()).image(last(root.child("last"), tokens, activated));
  }

  /** Patches to tokens: [batch, tokens, dim]. */
  private SDVariable embed(Scope root, SDVariable image) {
    Patches patches = config.patches(config.channels());
    int rows = patches.rows();
    int columns = patches.columns();
    WeightRole role = layers.role(WeightRole.Kind.PATCH, 0);
    SDVariable tokens =
        method.linear(root.child("patch"), role, patches.of(image), patches.size(), config.dim());
    SDVariable positions =
        root.constant(
            "positions",
            (shape, rng) -> PositionGrid.COLUMN_FIRST.table(rows, columns, config.dim()),
            1,
            config.tokens(),
            config.dim());
    return tokens.add(positions);
  }

  /** [batch, dim]. */
  private SDVariable time(Scope scope, SDVariable time) {
    int frequencies = config.frequencies();
    SDVariable table =
        scope.constant(
            "table",
            (shape, rng) -> TimestepEmbedding.table(config.times(), frequencies, PERIOD),
            config.times(),
            frequencies);
    SDVariable waves = scope.ops().embedding(scope.name("waves"), table, time);
    WeightRole role = layers.role(WeightRole.Kind.CONDITION, 0);
    SDVariable hidden = method.linear(scope.child("fc1"), role, waves, frequencies, config.dim());
    SDVariable activated = scope.ops().silu(scope.name("silu"), hidden);
    return method.linear(scope.child("fc2"), role, activated, config.dim(), config.dim());
  }

  /** [batch, dim]; the table's last row stands for no class. */
  private SDVariable label(Scope scope, SDVariable label) {
    WeightRole role = layers.role(WeightRole.Kind.EMBEDDING, 0);
    SDVariable table = method.weight(scope, role, config.classes() + 1L, config.dim());
    return scope.ops().embedding(scope.name("output"), table, label);
  }

  /**
   * A block.
   *
   * @param scope its place
   * @param index its number, from 0
   * @param x [batch, tokens, dim]
   * @param condition SiLU(c), [batch, dim]
   * @return [batch, tokens, dim]
   */
  public SDVariable block(Scope scope, int index, SDVariable x, SDVariable condition) {
    List<SDVariable> m = modulations(scope, index, condition, MODULATIONS, zero().blocks());
    Scope attention = scope.child("attention");
    SDVariable y =
        layers.join(
            attention,
            Branch.Kind.ATTENTION,
            index,
            x,
            in -> {
              SDVariable modulated = modulate(attention, in, m.get(0), m.get(1));
              Layers.Mixing mixing = layers.over(Optional.empty(), false);
              return gated(
                  attention, layers.attended(attention, index, modulated, mixing), m.get(2));
            });
    Scope ffn = scope.child("ffn");
    return layers.join(
        ffn,
        Branch.Kind.FFN,
        index,
        y,
        in -> gated(ffn, layers.fed(ffn, index, modulate(ffn, in, m.get(3), m.get(4))), m.get(5)));
  }

  /**
   * The last layer.
   *
   * @param scope its place
   * @param x [batch, tokens, dim]
   * @param condition SiLU(c), [batch, dim]
   * @return [batch, tokens, patch·patch·channels guessed], ordered (row, column, channel)
   */
  public SDVariable last(Scope scope, SDVariable x, SDVariable condition) {
    List<SDVariable> m = modulations(scope, 0, condition, 2, zero().last());
    SDVariable normed = layers.last(scope.child("norm"), x);
    SDVariable modulated = modulate(scope, normed, m.get(0), m.get(1));
    int out = config.patches(config.guessed()).size();
    WeightRole role = layers.role(WeightRole.Kind.HEAD, 0);
    return linear(scope.child("linear"), role, modulated, out, zero().last());
  }

  private DiTConfig.ZeroInit zero() {
    return config.zeroInit();
  }

  private static SDVariable modulate(
      Scope scope, SDVariable x, SDVariable shift, SDVariable scale) {
    return scope.ops().modulate(scope.name("modulated"), x, scale, shift);
  }

  private static SDVariable gated(Scope scope, SDVariable x, SDVariable gate) {
    return scope.ops().scale(scope.name("gated"), x, gate);
  }

  /** Parts of the condition's map, each [batch, 1, dim]. */
  private List<SDVariable> modulations(
      Scope scope, int block, SDVariable condition, int count, boolean zero) {
    WeightRole role = layers.role(WeightRole.Kind.MODULATION, block);
    long dim = config.dim();
    SDVariable all = linear(scope.child("modulation"), role, condition, count * dim, zero);
    return Arrays.stream(scope.graph().split(all, count, 1))
        .map(part -> part.reshape(-1, 1, dim))
        .toList();
  }

  /** A linear map the method's way, or a plain one that begins at 0, which no method can scale. */
  private SDVariable linear(Scope scope, WeightRole role, SDVariable x, long out, boolean zero) {
    if (!zero) {
      return method.linear(scope, role, x, config.dim(), out);
    }
    SDVariable weight = role.declare(scope, Initializer.constant(0), config.dim(), out);
    SDVariable bias = scope.parameter("bias", Initializer.constant(0), out);
    return scope.ops().linear(scope.name("output"), x, weight, bias);
  }
}
