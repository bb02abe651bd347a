package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The project's ops as a SameDiff namespace, in the manner of {@code sd.nn()}.
 *
 * <p>All normalize or broadcast over the <em>last</em> axis, take FLOAT or DOUBLE (one type for all
 * inputs) and any number of leading axes. Every method throws {@link IllegalArgumentException} with
 * the op, the shapes and the fix if an input does not fit, and {@link IllegalStateException} if
 * ND4J runs with an executioner that does not know the ops. A {@code null} name lets SameDiff
 * choose one.
 */
public final class Ops {
  private final SameDiff sd;

  private Ops(SameDiff sd) {
    this.sd = sd;
  }

  /**
   * @param sd the graph to build into
   * @return the namespace on that graph
   */
  public static Ops of(SameDiff sd) {
    Registration.requireInstalled();
    return new Ops(sd);
  }

  /**
   * DyT: {@code γ·tanh(α·x) + β}. Source: arXiv 2503.10622, section 4.
   *
   * @param name name of the output
   * @param x [..., C]
   * @param alpha [1] (or [C], a per-channel α)
   * @param gamma [C]
   * @param beta [C]
   * @return [..., C]
   */
  public SDVariable dyt(
      String name, SDVariable x, SDVariable alpha, SDVariable gamma, SDVariable beta) {
    return dynamicActivation(name, Squash.TANH, x, alpha, null, gamma, beta);
  }

  /**
   * Dynamic activation: {@code γ·squash(α·x + s) + β}. Sources: arXiv 2503.10622, section 6.1;
   * arXiv 2512.10938.
   *
   * @param name name of the output
   * @param squash the squashing function
   * @param x [..., C]
   * @param alpha [1] or [C]; null for 1
   * @param shift s, [1]; null for 0
   * @param gamma [C]; null for 1
   * @param beta [C]; null for 0
   * @return [..., C]
   */
  public SDVariable dynamicActivation(
      String name,
      Squash squash,
      SDVariable x,
      SDVariable alpha,
      SDVariable shift,
      SDVariable gamma,
      SDVariable beta) {
    DynamicActivation shape = new DynamicActivation();
    shape.addIArgument(squash.code(), ActivationTerms.mask(alpha, shift, gamma, beta));
    shape.checkGraph(
        ActivationTerms.present(x, alpha, shift, gamma, beta).toArray(SDVariable[]::new));
    return named(name, new DynamicActivation(sd, squash, x, alpha, shift, gamma, beta));
  }

  /**
   * DeepNorm: {@code LN(α·x + branch)}; α multiplies the residual. Source: arXiv 2203.00555,
   * section 4.1.
   *
   * @param name name of the output
   * @param x the residual, [..., C]
   * @param branch the sub-layer's output, shape of x
   * @param alpha factor of the residual
   * @param gain [C]
   * @param bias [C]
   * @param epsilon added to the variance, &gt; 0
   * @return [..., C]
   */
  public SDVariable deepNorm(
      String name,
      SDVariable x,
      SDVariable branch,
      double alpha,
      SDVariable gain,
      SDVariable bias,
      double epsilon) {
    DeepNorm check = new DeepNorm();
    check.checkGraph(x, branch, gain, bias);
    check.requireAttributes(alpha, epsilon);
    return named(name, new DeepNorm(sd, x, branch, alpha, gain, bias, epsilon));
  }

  /**
   * Layer norm with ε: {@code gain·(x − mean)/√(variance + ε) + bias}. Source: arXiv 1607.06450.
   *
   * @param name name of the output
   * @param x [..., C]
   * @param gain [C]
   * @param bias [C]
   * @param epsilon added to the variance, &gt; 0
   * @return [..., C]
   */
  public SDVariable layerNorm(
      String name, SDVariable x, SDVariable gain, SDVariable bias, double epsilon) {
    LayerNorm check = new LayerNorm();
    check.checkGraph(x, gain, bias);
    check.requireEpsilon(epsilon);
    return named(name, new LayerNorm(sd, x, gain, bias, epsilon));
  }

  /**
   * RMS norm: {@code gain·x/√(mean(x²) + ε)}. Source: arXiv 1910.07467.
   *
   * @param name name of the output
   * @param x [..., C]
   * @param gain [C]
   * @param epsilon added to the mean square, &gt; 0
   * @return [..., C]
   */
  public SDVariable rmsNorm(String name, SDVariable x, SDVariable gain, double epsilon) {
    RmsNorm check = new RmsNorm();
    check.checkGraph(x, gain);
    check.requireEpsilon(epsilon);
    return named(name, new RmsNorm(sd, x, gain, epsilon));
  }

  /**
   * Modulation: {@code x∘(1 + scale) + shift}. Source: arXiv 2212.09748, adaLN.
   *
   * @param name name of the output
   * @param x [..., C]
   * @param scale [C], or a row for each example, as [batch, 1, C] for x [batch, positions, C]
   * @param shift the shape of scale
   * @return the shape of x
   */
  public SDVariable modulate(String name, SDVariable x, SDVariable scale, SDVariable shift) {
    new Modulation(true, true, false).checkGraph(x, scale, shift);
    return named(name, new Modulation(sd, true, x, scale, shift));
  }

  /**
   * A factor a channel: {@code x∘scale}, a layer scale or a gate. Source: arXiv 2103.17239, CaiT.
   *
   * @param name name of the output
   * @param x [..., C]
   * @param scale [C], or a row for each example, as [batch, 1, C] for x [batch, positions, C]
   * @return the shape of x
   */
  public SDVariable scale(String name, SDVariable x, SDVariable scale) {
    new Modulation(false, false, false).checkGraph(x, scale);
    return named(name, new Modulation(sd, false, x, scale));
  }

  /**
   * Exact GELU: {@code x·Φ(x)}. Source: arXiv 1606.08415.
   *
   * @param name name of the output
   * @param x any shape
   * @return the shape of x
   */
  public SDVariable gelu(String name, SDVariable x) {
    new ExactGelu().checkGraph(x);
    return named(name, new ExactGelu(sd, x));
  }

  /**
   * GELU in its tanh form: {@code x·(1 + tanh(√(2/π)(x + 0.044715x³)))/2}. Source: arXiv
   * 1606.08415, section 2.
   *
   * @param name name of the output
   * @param x any shape
   * @return the shape of x
   */
  public SDVariable tanhGelu(String name, SDVariable x) {
    new TanhGelu().checkGraph(x);
    return named(name, new TanhGelu(sd, x));
  }

  /**
   * Linear map: {@code x·W + b}.
   *
   * @param name name of the output
   * @param x [..., in]
   * @param weight [in, out]
   * @param bias [out]; null for none
   * @return [..., out]
   */
  public SDVariable linear(String name, SDVariable x, SDVariable weight, SDVariable bias) {
    SDVariable[] inputs =
        bias == null ? new SDVariable[] {x, weight} : new SDVariable[] {x, weight, bias};
    new Linear().checkGraph(inputs);
    return named(name, new Linear(sd, inputs));
  }

  /**
   * Convolution of images, dense, grouped or depthwise: {@code y[n, i, o] = b[o] + Σ_j Σ_c x[n,
   * i·stride − before + j·dilation, g(o)·in/groups + c]·W[j, c, o]}, i and j along height and
   * width, zeros outside of x, g(o) the group of o. Rows and columns at the end that fill no whole
   * window are not seen.
   *
   * @param name name of the output
   * @param x [batch, H, W, in]
   * @param weight [kH, kW, in/groups, out]; PyTorch's are [out, in/groups, kH, kW]
   * @param bias [out]; null for none
   * @param terms window, strides, dilations, padding, groups
   * @return [batch, H', W', out], {@code H' = ⌊(H + top + bottom − reach)/stride⌋ + 1}
   */
  public SDVariable convolution2d(
      String name, SDVariable x, SDVariable weight, SDVariable bias, ConvolutionTerms terms) {
    return convolution(name, x, weight, bias, terms, 2);
  }

  /**
   * Convolution of sequences, dense, grouped or depthwise, see {@link #convolution2d}. With {@link
   * ConvolutionTerms#causal} output t sees inputs up to t, the last tap the present one; the
   * sequence may be shorter than the window.
   *
   * @param name name of the output
   * @param x [batch, T, in]
   * @param weight [k, in/groups, out]; PyTorch's are [out, in/groups, k]
   * @param bias [out]; null for none
   * @param terms window, stride, dilation, padding, groups
   * @return [batch, T', out]
   */
  public SDVariable convolution1d(
      String name, SDVariable x, SDVariable weight, SDVariable bias, ConvolutionTerms terms) {
    return convolution(name, x, weight, bias, terms, 1);
  }

  private SDVariable convolution(
      String name,
      SDVariable x,
      SDVariable weight,
      SDVariable bias,
      ConvolutionTerms terms,
      int axes) {
    if (terms.axes().size() != axes) {
      throw new IllegalArgumentException(
          "a convolution with a window along %s axes, expected %s; use convolution%sd"
              .formatted(terms.axes().size(), axes, terms.axes().size()));
    }
    Convolution check = new Convolution();
    terms.describe(check);
    SDVariable[] inputs =
        bias == null ? new SDVariable[] {x, weight} : new SDVariable[] {x, weight, bias};
    check.checkGraph(inputs);
    return named(name, new Convolution(sd, terms, inputs));
  }

  /**
   * The largest number a window sees of each channel, −∞ outside of x; NaN where it sees one. The
   * gradient goes to the first of the largest, row by row. Rows and columns at the end that fill no
   * whole window are not seen.
   *
   * @param name name of the output
   * @param x [batch, H, W, C]
   * @param height how the window moves down
   * @param width how it moves to the right
   * @return [batch, H', W', C], {@code H' = ⌊(H + top + bottom − reach)/stride⌋ + 1}
   */
  public SDVariable maxPool2d(String name, SDVariable x, WindowAxis height, WindowAxis width) {
    MaxPool check = new MaxPool();
    MaxPool.describe(check, height, width);
    check.checkGraph(x);
    return named(name, new MaxPool(sd, x, height, width));
  }

  /**
   * SiLU (swish): {@code x·σ(x)}. Source: arXiv 1606.08415, section 4.
   *
   * @param name name of the output
   * @param x any shape
   * @return the shape of x
   */
  public SDVariable silu(String name, SDVariable x) {
    new Silu().checkGraph(x);
    return named(name, new Silu(sd, x));
  }

  /**
   * Cross-entropy of a softmax against a target distribution, a loss a row: {@code −Σ_c
   * labels_c·log softmax(logits)_c}.
   *
   * @param name name of the output
   * @param logits [..., C]
   * @param labels [..., C]
   * @return [...]
   */
  public SDVariable softmaxCrossEntropy(String name, SDVariable logits, SDVariable labels) {
    new SoftmaxCrossEntropy().checkGraph(logits, labels);
    return named(name, new SoftmaxCrossEntropy(sd, logits, labels));
  }

  /**
   * Cross-entropy of a softmax against class numbers, a loss a row: {@code −(1−s)·log p_t − s/V·Σ_v
   * log p_v} with p = softmax(logits); 0 where the target is the ignored number. A target that is
   * neither throws when the graph runs.
   *
   * @param name name of the output
   * @param logits [..., V]
   * @param targets INT [...]
   * @param smoothing label smoothing s, in [0, 1)
   * @param ignored target of rows that do not count, such as padding; null for none
   * @return [...]
   */
  public SDVariable sparseCrossEntropy(
      String name, SDVariable logits, SDVariable targets, double smoothing, Integer ignored) {
    SparseCrossEntropy check = new SparseCrossEntropy();
    SparseTargets.describe(check, smoothing, ignored);
    check.checkGraph(logits, targets);
    return named(name, new SparseCrossEntropy(sd, logits, targets, smoothing, ignored));
  }

  /**
   * Looks rows of a table up: {@code weight[ids]}. An id without a row throws when the graph runs.
   *
   * @param name name of the output
   * @param weight [V, C]
   * @param ids INT [...], each from 0 to V − 1
   * @return [..., C]
   */
  public SDVariable embedding(String name, SDVariable weight, SDVariable ids) {
    new Embedding().checkGraph(weight, ids);
    return named(name, new Embedding(sd, weight, ids));
  }

  /**
   * Rotary positions: in each head of d channels the pair (i, i + d/2) is turned by the angle
   * {@code position·base^(−2i/d)}. Source: arXiv 2104.09864, section 3.2.
   *
   * @param name name of the output
   * @param x [batch, tokens, C]
   * @param positions INT [tokens]
   * @param heads number of heads; C/heads must be even
   * @param base of the angles, &gt; 0; 10000 is usual
   * @return [batch, tokens, C]
   */
  public SDVariable rotary(
      String name, SDVariable x, SDVariable positions, long heads, double base) {
    Rotary check = new Rotary();
    check.describe(heads, base, false);
    check.checkGraph(x, positions);
    return named(name, new Rotary(sd, x, positions, heads, base));
  }

  /**
   * Multi-head scaled dot-product attention between given projections: {@code softmax(Q·Kᵀ/√d)·V}
   * for each head. Source: arXiv 1706.03762, section 3.2.
   *
   * @param name name of the output
   * @param query [batch, tokens, C]
   * @param key [batch, keys, C]
   * @param value [batch, keys, C]
   * @param heads number of heads, a divisor of C
   * @return [batch, tokens, C], before the output projection
   */
  public SDVariable attention(
      String name, SDVariable query, SDVariable key, SDVariable value, long heads) {
    return attention(name, query, key, value, heads, false, null, null);
  }

  /**
   * Multi-head scaled dot-product attention with masks: {@code (softmax(Q·Kᵀ/√d)∘noise)·V} for each
   * head, the softmax over those keys only that a query may see; 0 for a query that may see none.
   *
   * @param name name of the output
   * @param query [batch, tokens, C]
   * @param key [batch, keys, C]
   * @param value [batch, keys, C]
   * @param heads number of heads, a divisor of C
   * @param causal whether query i sees the keys up to {@code i + keys − tokens} only, so that the
   *     last query sees all
   * @param mask [batch, keys], 1 for a key to be seen and 0 for padding; null to see all
   * @param noise dropout of the attention weights, [batch, heads, tokens, keys], a factor each: 0
   *     or 1/(1 − rate); null for none
   * @return [batch, tokens, C], before the output projection
   */
  public SDVariable attention(
      String name,
      SDVariable query,
      SDVariable key,
      SDVariable value,
      long heads,
      boolean causal,
      SDVariable mask,
      SDVariable noise) {
    Attention check = new Attention();
    AttentionTerms terms = new AttentionTerms(heads, causal, mask != null, noise != null);
    terms.describe(check);
    check.checkGraph(
        ActivationTerms.present(query, key, value, mask, noise).toArray(SDVariable[]::new));
    return named(name, new Attention(sd, query, key, value, heads, causal, mask, noise));
  }

  /**
   * σReparam: {@code Ŵ = γ/σ(W)·W}, σ by one step of power iteration from u. Source: arXiv
   * 2303.06296.
   *
   * @param name name of Ŵ; the next u is named {@code name + "_next_u"}
   * @param weight W, [in, out]
   * @param u estimate of the left singular vector, [in]
   * @param gamma [1]
   * @return Ŵ [in, out] and the next u [in], which carries no gradient
   */
  public SDVariable[] sigmaReparam(String name, SDVariable weight, SDVariable u, SDVariable gamma) {
    new SigmaReparam().checkGraph(weight, gamma, u);
    SDVariable[] outputs = new SigmaReparam(sd, weight, u, gamma).outputVariables();
    if (name != null) {
      outputs[0] = sd.updateVariableNameAndReference(outputs[0], name);
      outputs[1] = sd.updateVariableNameAndReference(outputs[1], name + "_next_u");
    }
    return outputs;
  }

  /**
   * Batch norm as it trains: {@code gain·(x − mean)/√(variance + ε) + bias} with mean and biased
   * variance of each channel, a place of the last axis, over all other axes. The gradients go
   * through both, and mean and variance may be used in a loss as well. Source: arXiv 1502.03167.
   *
   * <p>Running statistics are advanced from the outputs: with momentum m and n values a channel,
   * {@code mean' ← (1 − m)·mean' + m·mean} and, unbiased, {@code variance' ← (1 − m)·variance' +
   * m·variance·n/(n − 1)}.
   *
   * @param name name of y; mean and variance are named {@code name + "_mean"} and {@code name +
   *     "_variance"}
   * @param x [..., C], with more than one value a channel
   * @param gain [C]; null for 1
   * @param bias [C]; null for 0
   * @param epsilon added to the variance, &gt; 0
   * @return y [..., C], mean [C], variance [C]
   */
  public SDVariable[] batchNorm(
      String name, SDVariable x, SDVariable gain, SDVariable bias, double epsilon) {
    BatchNorm check = new BatchNorm();
    check.describe(AffineTerms.of(gain, bias), epsilon);
    check.checkGraph(ActivationTerms.present(x, gain, bias).toArray(SDVariable[]::new));
    SDVariable[] outputs = new BatchNorm(sd, x, gain, bias, epsilon).outputVariables();
    if (name != null) {
      outputs[0] = sd.updateVariableNameAndReference(outputs[0], name);
      outputs[1] = sd.updateVariableNameAndReference(outputs[1], name + "_mean");
      outputs[2] = sd.updateVariableNameAndReference(outputs[2], name + "_variance");
    }
    return outputs;
  }

  /**
   * Batch norm as it evaluates, with statistics that are given: {@code gain·(x − mean)/√(variance +
   * ε) + bias}. Source: arXiv 1502.03167, section 3.1.
   *
   * @param name name of the output
   * @param x [..., C]
   * @param mean [C]
   * @param variance [C], ≥ 0
   * @param gain [C]; null for 1
   * @param bias [C]; null for 0
   * @param epsilon added to the variance, &gt; 0
   * @return [..., C]
   */
  public SDVariable batchNormWith(
      String name,
      SDVariable x,
      SDVariable mean,
      SDVariable variance,
      SDVariable gain,
      SDVariable bias,
      double epsilon) {
    BatchNormWith check = new BatchNormWith();
    check.describe(AffineTerms.of(gain, bias), epsilon);
    check.checkGraph(
        ActivationTerms.present(x, mean, variance, gain, bias).toArray(SDVariable[]::new));
    return named(name, new BatchNormWith(sd, x, mean, variance, gain, bias, epsilon));
  }

  /**
   * Group norm, channels last: {@code gain·(x − mean)/√(variance + ε) + bias} with the mean and the
   * biased variance of each example over all positions and the channels of a group. Source: arXiv
   * 1803.08494.
   *
   * @param name name of the output
   * @param x [batch, ..., C]
   * @param gain [C]; null for 1
   * @param bias [C]; null for 0
   * @param groups a divisor of C: C for instance norm, 1 for a layer norm over all of an example
   * @param epsilon added to the variance, &gt; 0
   * @return [batch, ..., C]
   */
  public SDVariable groupNorm(
      String name, SDVariable x, SDVariable gain, SDVariable bias, long groups, double epsilon) {
    GroupNorm check = new GroupNorm();
    check.describe(AffineTerms.of(gain, bias), groups, epsilon);
    check.checkGraph(ActivationTerms.present(x, gain, bias).toArray(SDVariable[]::new));
    return named(name, new GroupNorm(sd, x, gain, bias, groups, epsilon));
  }

  /**
   * Weight norm of a weight [in, out], a norm for each output: {@code g·v/‖v‖}. Source: arXiv
   * 1602.07868.
   *
   * @param name name of the output
   * @param v any shape; the norm is over all axes but the last
   * @param g a value for each place of the last axis
   * @return the shape of v
   */
  public SDVariable weightNorm(String name, SDVariable v, SDVariable g) {
    return weightNorm(name, v, g, -1);
  }

  /**
   * Weight norm: {@code g·v/‖v‖}, the norm over all axes but one; 0 where ‖v‖ is 0, and the
   * gradients there, too. Source: arXiv 1602.07868.
   *
   * @param name name of the output
   * @param v any shape
   * @param g a value for each place of the axis that is kept
   * @param axis number of the axis that is kept; −1 for the last
   * @return the shape of v
   */
  public SDVariable weightNorm(String name, SDVariable v, SDVariable g, int axis) {
    WeightNorm check = new WeightNorm();
    check.addIArgument(axis);
    check.checkGraph(v, g);
    return named(name, new WeightNorm(sd, v, g, axis));
  }

  /**
   * Vectors of length one: {@code x/max(‖x‖, ε)} over the last axis.
   *
   * @param name name of the output
   * @param x [..., C]
   * @param epsilon the least divisor, &gt; 0; 1e-12 is usual
   * @return [..., C]
   */
  public SDVariable l2Normalize(String name, SDVariable x, double epsilon) {
    L2Normalize check = new L2Normalize();
    check.checkGraph(x);
    check.requireEpsilon(epsilon);
    return named(name, new L2Normalize(sd, x, epsilon));
  }

  /**
   * Takes rows out of each example: {@code y_{b,k} = x_{b, ids_{b,k}}}. An id without a row throws
   * when the graph runs.
   *
   * @param name name of the output
   * @param x [batch, N, D]
   * @param ids INT [batch, K], each from 0 to N − 1
   * @return [batch, K, D]
   */
  public SDVariable gatherRows(String name, SDVariable x, SDVariable ids) {
    new GatherRows().checkGraph(x, ids);
    return named(name, new GatherRows(sd, x, ids));
  }

  /**
   * Puts rows into the examples of a larger array of zeros; rows of one id are added up. An id
   * without a row throws when the graph runs.
   *
   * @param name name of the output
   * @param rows [batch, K, D]
   * @param ids INT [batch, K], each from 0 to N − 1
   * @param count N, the number of rows of the result, at least 1
   * @return [batch, N, D]
   */
  public SDVariable scatterRows(String name, SDVariable rows, SDVariable ids, long count) {
    ScatterRows check = new ScatterRows();
    check.addIArgument(count);
    check.checkGraph(rows, ids);
    return named(name, new ScatterRows(sd, rows, ids, count));
  }

  /**
   * The same values, through which no gradient goes back.
   *
   * @param name name of the output
   * @param x any shape
   * @return the shape of x
   */
  public SDVariable stopGradient(String name, SDVariable x) {
    new StopGradient().checkGraph(x);
    return named(name, new StopGradient(sd, x));
  }

  /**
   * Selective scan, the recurrence of a Mamba block: {@code h_t = exp(Δ_t·A)∘h_{t−1} +
   * Δ_t·u_t·B_t}, {@code y_t = (⟨C_t, h_t⟩ + D·u_t)·SiLU(z_t)} with {@code Δ = softplus(δ + bias)}.
   * Source: arXiv 2312.00752, section 3.
   *
   * @param name name of the output
   * @param u [batch, length, E]
   * @param delta δ, [batch, length, E]
   * @param a [E, N], below 0 in a Mamba block
   * @param b [batch, length, N]
   * @param c [batch, length, N]
   * @param skip D, [E]; null for 0
   * @param gate z, [batch, length, E]; null for no gate
   * @param bias of δ, [E]; null for 0
   * @param softplus whether the step Δ is softplus(δ + bias) instead of δ + bias
   * @param reverse whether the scan goes from the last position to the first
   * @return [batch, length, E]
   */
  public SDVariable selectiveScan(
      String name,
      SDVariable u,
      SDVariable delta,
      SDVariable a,
      SDVariable b,
      SDVariable c,
      SDVariable skip,
      SDVariable gate,
      SDVariable bias,
      boolean softplus,
      boolean reverse) {
    SelectiveScan check = new SelectiveScan();
    ScanTerms.of(skip, gate, bias, softplus, reverse).describe(check);
    check.checkGraph(
        ActivationTerms.present(u, delta, a, b, c, skip, gate, bias).toArray(SDVariable[]::new));
    return named(
        name, new SelectiveScan(sd, u, delta, a, b, c, skip, gate, bias, softplus, reverse));
  }

  /**
   * Long convolution: {@code y_t = Σ_τ h_τ·u_{t−τ} + d·u_t}, each channel with a causal filter as
   * long as the sequence. Source: arXiv 2302.10866, section 3.
   *
   * @param name name of the output
   * @param u [batch, length, C]
   * @param filter h, [length, C]
   * @param skip d, [C]; null for 0
   * @return [batch, length, C]
   */
  public SDVariable longConvolution(String name, SDVariable u, SDVariable filter, SDVariable skip) {
    LongConvolution check = new LongConvolution();
    check.addBArgument(skip != null);
    check.checkGraph(ActivationTerms.present(u, filter, skip).toArray(SDVariable[]::new));
    return named(name, new LongConvolution(sd, u, filter, skip));
  }

  /**
   * Filters of a Hyena layer: a network of sines on features of the position, {@code sin(ω∘(x·W +
   * b))} between its layers, times a window that falls with the position.
   *
   * @param name name of the output
   * @param terms positions, window and sizes
   * @param frequency ω, [width of the hidden layers], shared by all sines
   * @param weights of the layers: [features, width], [width, width] any number of times, [width, C]
   * @param biases of all layers but the last, [width]
   * @return [length, C]
   */
  public SDVariable hyenaFilter(
      String name,
      HyenaFilterTerms terms,
      SDVariable frequency,
      List<SDVariable> weights,
      List<SDVariable> biases) {
    if (weights.size() < 2 || biases.size() != weights.size() - 1) {
      throw new IllegalArgumentException(
          "hyenaFilter: %s weights and %s biases, expected at least 2 weights and a bias for each but the last"
              .formatted(weights.size(), biases.size()));
    }
    SDVariable x = constant(frequency, terms.positions());
    for (int i = 0; i < biases.size(); i++) {
      x = sd.math.sin(linear(null, x, weights.get(i), biases.get(i)).mul(frequency));
    }
    SDVariable last = weights.get(weights.size() - 1);
    SDVariable window = constant(frequency, terms.window());
    SDVariable filter = linear(null, x, last, null).mul(window);
    return sd.updateVariableNameAndReference(filter, name);
  }

  private SDVariable constant(SDVariable like, double[][] values) {
    return sd.constant(Nd4j.createFromArray(values).castTo(like.dataType()));
  }

  /**
   * Product quantization with a straight-through gradient, see {@link GumbelQuantizer}. Source:
   * arXiv 2006.11477, section 2.
   *
   * @param name name of the first output
   * @param logits [..., G·V]
   * @param entries [G·V, d]
   * @param noise Gumbel noise, [..., G·V]; null outside training
   * @param temperature τ, [1]; null outside training
   * @param groups G
   * @return vectors [..., G·d]; numbers of the chosen entries [..., G]; mean softmax [G·V]; shares
   *     of the entries [G·V]
   */
  public SDVariable[] gumbelQuantizer(
      String name,
      SDVariable logits,
      SDVariable entries,
      SDVariable noise,
      SDVariable temperature,
      long groups) {
    GumbelQuantizer check = new GumbelQuantizer();
    check.addIArgument(groups);
    check.checkGraph(
        ActivationTerms.present(logits, entries, noise, temperature).toArray(SDVariable[]::new));
    SDVariable[] outputs =
        new GumbelQuantizer(sd, logits, entries, noise, temperature, groups).outputVariables();
    outputs[0] = sd.updateVariableNameAndReference(outputs[0], name);
    return outputs;
  }

  /**
   * Perplexity of the entries of a quantizer: {@code Σ_groups exp(−Σ_v p_v·log(p_v + 1e-7))}, from
   * G where each group has one entry left to G·V.
   *
   * @param name name of the output
   * @param shares p, [G·V]
   * @param groups G
   * @return a scalar
   */
  public SDVariable perplexity(String name, SDVariable shares, long groups) {
    SDVariable p = shares.reshape(groups, -1);
    SDVariable entropy = p.mul(sd.math.log(p.add(1e-7))).sum(1).neg();
    return sd.math.exp(entropy).sum(name);
  }

  /**
   * Contrastive loss: the cross-entropy of finding the own target of each context vector among
   * others by their cosines over a temperature. Source: arXiv 2006.11477, section 3.2.
   *
   * @param name name of the first output
   * @param context [batch, T, D]
   * @param targets [batch, T, D]
   * @param negatives INT [batch, T, K], rows of all batch·T targets
   * @param codes INT [batch, T, G], by which a negative is found to equal the own target; null to
   *     compare the targets themselves
   * @param temperature divides the cosines, &gt; 0
   * @return losses [batch, T]; logits [batch, T, K + 1], the own target first, −∞ for negatives
   *     that equal it
   */
  public SDVariable[] contrastiveLoss(
      String name,
      SDVariable context,
      SDVariable targets,
      SDVariable negatives,
      SDVariable codes,
      double temperature) {
    ContrastiveLoss check = new ContrastiveLoss();
    check.addTArgument(temperature);
    check.checkGraph(
        ActivationTerms.present(context, targets, negatives, codes).toArray(SDVariable[]::new));
    SDVariable[] outputs =
        new ContrastiveLoss(sd, context, targets, negatives, codes, temperature).outputVariables();
    outputs[0] = sd.updateVariableNameAndReference(outputs[0], name);
    return outputs;
  }

  /**
   * Connectionist temporal classification, see {@link CtcLoss}. Source: A. Graves et al., ICML
   * 2006. A number of frames or labels that does not fit throws when the graph runs.
   *
   * @param name name of the output
   * @param logits [batch, T, C], before the softmax
   * @param targets INT [batch, S]
   * @param frames INT [batch], how many of the T count
   * @param lengths INT [batch], how many of the S count
   * @param blank class of the blank
   * @return [batch]; 0 where the labels do not fit into the frames
   */
  public SDVariable ctcLoss(
      String name,
      SDVariable logits,
      SDVariable targets,
      SDVariable frames,
      SDVariable lengths,
      int blank) {
    CtcLoss check = new CtcLoss();
    check.addIArgument(blank);
    check.checkGraph(logits, targets, frames, lengths);
    return named(name, new CtcLoss(sd, logits, targets, frames, lengths, blank));
  }

  private SDVariable named(String name, NormfreeOp op) {
    return sd.updateVariableNameAndReference(op.outputVariable(), name);
  }
}
