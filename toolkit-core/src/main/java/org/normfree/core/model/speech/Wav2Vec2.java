package org.normfree.core.model.speech;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.PreLn;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.Checks;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.Layers;
import org.normfree.core.nn.Distribution;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Metric;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Size;

/**
 * wav2vec 2.0: a Transformer that sees frames of a wave, some of them masked, and for each masked
 * one is to find what a quantizer makes of it among what it makes of others.
 *
 * <pre>
 * z = convolutions(wave), f = norm(z)
 * q = quantizer(f at the masked frames)·W_q
 * x = f·W, masked frames replaced by one trained vector
 * x ← x + gelu(conv(x)); a norm if norms stand behind the additions; layers; else a norm
 * c = x at the masked frames·W_c
 * loss = mean contrastive(c, q) + 0.1·(G·V − perplexity)/(G·V) + 10·mean(z²)
 * </pre>
 *
 * <p>What reaches the convolutions of the gradient is multiplied by 0.1. Of a {@link Method} are
 * the norms of the layers, the one beside them and the one behind the convolutions: of DyT 26 in
 * Base and 50 in Large, as the patch of arXiv 2503.10622 means to have them; the group norm of the
 * convolutions stays. Where the norms stand, {@link Wav2Vec2Config.Order} says, unless the method
 * does. Source: arXiv 2006.11477 and facebookresearch/fairseq; initial values are theirs.
 *
 * <p>Frames are masked as {@link org.normfree.core.nn.SpanMask#masked} says: as many in every row
 * of every batch, so that shapes, and compiled plans, are the same in all steps. fairseq's number
 * differs from batch to batch.
 *
 * <p>Three networks have the same parameters under the same names: {@link #build the one that is
 * trained}, {@link #features}, and {@link #recognizer} for fine-tuning.
 */
public final class Wav2Vec2 {
  /** Random input: the masked frames, ascending, INT [batch, masked]. */
  public static final String MASKED = "masked";

  /** Random input: rows of the targets to compare with, INT [batch, masked, negatives]. */
  public static final String NEGATIVES = "negatives";

  /** Random input: Gumbel noise, [batch, masked, G·V]. */
  public static final String NOISE = "quantizer_noise";

  /** Placeholder: the quantizer's temperature, [1]; evaluations do not depend on it. */
  public static final String TEMPERATURE = "temperature";

  /** The context vectors of all frames, [batch, frames, width]. */
  public static final String CONTEXT = "context";

  /** The logits of the contrastive loss, the own target's first, [batch, masked, negatives + 1]. */
  public static final String LOGITS = "contrastive_logits";

  /** Metric: the contrastive loss in nats, a mean over masked frames. */
  public static final String CONTRASTIVE = "contrastive";

  /** Metric: the same in bits; chance has log₂(K + 1). */
  public static final String BITS = "contrastive_bits";

  /** Metric: {@code (G·V − perplexity)/(G·V)}, from 0 to below 1. */
  public static final String DIVERSITY = "diversity";

  /** Metric: mean square of the features before their norm. */
  public static final String PENALTY = "feature_penalty";

  /** Metric: perplexity of the mean softmax of a batch, from G to G·V. */
  public static final String PERPLEXITY = "perplexity";

  /** Metric: perplexity of the codes of a batch. */
  public static final String CODE_PERPLEXITY = "code_perplexity";

  /** Metric: share of negatives that equal the own target. */
  public static final String SAME = "same_negatives";

  /**
   * Output of {@link #features}: the means over time of what goes into the first layer and of what
   * comes out of each, side by side, [batch, (layers + 1)·width].
   */
  public static final String FEATURES = "features";

  /** The class that stands for no symbol. */
  public static final int BLANK = 0;

  /** ε of all norms, as published. */
  private static final double EPSILON = 1e-5;

  private static final Start SMALL = Start.of(Initializer.normal(0.02));

  /** Uniform from 0 to 1, as mask embedding and code vectors begin. */
  private static final Initializer UNIT =
      (shape, rng) -> {
        double[] values = Initializer.uniform(0.5).draw(shape, rng);
        for (int i = 0; i < values.length; i++) {
          values[i] += 0.5;
        }
        return values;
      };

  private final Wav2Vec2Config config;
  private final Method method;
  private final Scope root;
  private final SameDiff sd;
  private final Layers layers;

  private Wav2Vec2(Wav2Vec2Config config, Method method, Scope root) {
    this.config = config;
    this.method = postNorm(config) ? method.postNorm() : method;
    this.root = root;
    this.sd = root.graph();
    Wav2Vec2Config.Context context = config.context();
    this.layers =
        new Layers(
                this.method,
                config.stack(),
                context.width(),
                context.heads(),
                context.hidden(),
                FeedForward.GELU,
                true)
            .epsilon(EPSILON)
            .from(Wav2Vec2::start);
  }

  private static boolean postNorm(Wav2Vec2Config config) {
    return config.context().order() == Wav2Vec2Config.Order.POST_NORM;
  }

  private static Optional<Start> start(WeightRole.Kind kind) {
    return switch (kind) {
      case QUERY, KEY, VALUE, ATTENTION_OUT, FFN_IN, FFN_OUT -> Optional.of(SMALL);
      default -> Optional.empty();
    };
  }

  /**
   * The network that is pretrained.
   *
   * @param config the shape
   * @param method what keeps it trainable
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   * @return the network; {@link Network#INPUT} is [batch, samples], {@link #TEMPERATURE} is to be
   *     fed
   */
  public static Network build(Wav2Vec2Config config, Method method, DataType type, long seed) {
    return Scope.build(type, seed, root -> pretrained(config, method, root));
  }

  /** The same as part of a graph, for {@link Scope#outline}. */
  public static void pretrained(Wav2Vec2Config config, Method method, Scope root) {
    new Wav2Vec2(config, method, root).pretrain();
  }

  /**
   * What the trained network says of a whole clip, with nothing masked: it has no objective, its
   * outputs are {@link #FEATURES} and {@link #CONTEXT}.
   */
  public static Network features(Wav2Vec2Config config, Method method, DataType type, long seed) {
    Wav2Vec2Config whole = config.with(Wav2Vec2Config.Dropouts.NONE);
    return Scope.build(type, seed, root -> new Wav2Vec2(whole, method, root).describe());
  }

  /**
   * The network with a linear map to symbols behind it, trained by connectionist temporal
   * classification: a context vector says which symbol, or {@link #BLANK}, it belongs to. Frames
   * may be masked in training, as in pretraining; channels, which fairseq masks too, are not.
   *
   * <p>{@link Network#TARGETS} is INT [batch, length], its first {@link Network#LENGTHS} symbols
   * count; {@link Network#LOGITS} [batch, frames, symbols]; {@link Network#LOSS} the mean over the
   * batch.
   *
   * @param symbols how many, the blank among them, at least 2
   * @param masking whether frames are masked in training
   */
  public static Network recognizer(
      Wav2Vec2Config config,
      int symbols,
      boolean masking,
      Method method,
      DataType type,
      long seed) {
    Checks.require(symbols >= 2, "%d symbols, expected a blank and at least one besides", symbols);
    return Scope.build(
        type, seed, root -> new Wav2Vec2(config, method, root).recognize(symbols, masking));
  }

  private void pretrain() {
    int masked = config.masked();
    Size count = Size.of(masked);
    SDVariable ids = masked();
    SDVariable negatives =
        root.random(
            NEGATIVES,
            new Distribution.Others(),
            RandomInput.InEvaluation.SEEDED,
            Size.BATCH,
            count,
            Size.of(config.negatives()));
    SDVariable noise =
        root.random(
            NOISE,
            new Distribution.Gumbel(),
            RandomInput.InEvaluation.NEUTRAL,
            Size.BATCH,
            count,
            Size.of(config.quantizer().all()));
    SDVariable temperature = sd.placeHolder(TEMPERATURE, root.type(), 1);

    SDVariable frames = frames();
    SDVariable penalty = frames.mul(frames).mean(PENALTY);
    SDVariable normed = normed(frames);
    SDVariable seen = root.ops().gatherRows("unmasked", normed, ids);
    Scope targets = root.child("targets");
    SDVariable[] codes =
        quantized(
            targets.dropout(
                seen,
                config.dropouts().features(),
                Size.BATCH,
                count,
                Size.of(config.encoder().channels())),
            noise,
            temperature);
    SDVariable target =
        linear(
            root.child("target_projection"), codes[0], config.quantizer().dim(), config.finalDim());
    SDVariable context = context(normed, Optional.of(ids)).last();
    SDVariable guess =
        linear(
            root.child("context_projection"),
            root.ops().gatherRows("guessing", context, ids),
            config.context().width(),
            config.finalDim());
    SDVariable[] compared =
        root.ops()
            .contrastiveLoss(
                "losses",
                guess,
                target,
                negatives,
                codes[1].castTo(DataType.INT32),
                config.objective().temperature());
    sd.updateVariableNameAndReference(compared[1], LOGITS);
    SDVariable contrastive = compared[0].mean(CONTRASTIVE);
    learn(contrastive, codes, penalty);
  }

  private void learn(SDVariable contrastive, SDVariable[] codes, SDVariable penalty) {
    int groups = config.quantizer().groups();
    double all = config.quantizer().all();
    SDVariable perplexity = root.ops().perplexity(PERPLEXITY, codes[2], groups);
    root.ops().perplexity(CODE_PERPLEXITY, codes[3], groups);
    SDVariable diversity = perplexity.rsub(all).mul(DIVERSITY, 1 / all);
    contrastive.mul(BITS, 1 / Math.log(2));
    contrastive
        .add(diversity.mul(config.objective().diversity()))
        .add(Network.LOSS, penalty.mul(config.objective().penalty()));
    Metric loss = Metric.mean(Network.LOSS, Network.LOSS);
    root.objective(
        new Objective(
            Network.LOSS,
            List.of(loss, Metric.mean(BITS, BITS), Metric.mean(PERPLEXITY, PERPLEXITY)),
            List.of(
                loss,
                ContrastiveScore.accuracy(LOGITS),
                Metric.mean(BITS, BITS),
                Metric.mean(PERPLEXITY, PERPLEXITY),
                Metric.mean(CODE_PERPLEXITY, CODE_PERPLEXITY),
                ContrastiveScore.same(SAME, LOGITS),
                Metric.mean(PENALTY, PENALTY))));
  }

  private void describe() {
    List<SDVariable> means =
        context(normed(frames()), Optional.empty()).depths().stream().map(x -> x.mean(1)).toList();
    sd.concat(FEATURES, 1, means.toArray(SDVariable[]::new));
  }

  private void recognize(int symbols, boolean masking) {
    Optional<SDVariable> ids = Optional.empty();
    if (masking) {
      maskEmbedding(); // a parameter of both graphs
      ids = root.mode() == Mode.TRAINING ? Optional.of(masked()) : ids;
    }
    int width = config.context().width();
    SDVariable context = context(normed(frames()), ids).last();
    Scope head = root.child("head");
    SDVariable dropped =
        head.dropout(
            context,
            config.dropouts().residual(),
            Size.BATCH,
            Size.of(config.frames()),
            Size.of(width));
    SDVariable logits =
        method.linear(head, layers.role(WeightRole.Kind.HEAD, 0), dropped, width, symbols);
    logits = sd.updateVariableNameAndReference(logits, Network.LOGITS);
    SDVariable targets = sd.placeHolder(Network.TARGETS, DataType.INT32, -1, -1);
    SDVariable frames = sd.placeHolder(Network.FRAMES, DataType.INT32, -1);
    SDVariable lengths = sd.placeHolder(Network.LENGTHS, DataType.INT32, -1);
    root.ops().ctcLoss("losses", logits, targets, frames, lengths, BLANK).mean(Network.LOSS);
    root.objective(Objective.of(Network.LOSS, Metric.mean(Network.LOSS, Network.LOSS)));
  }

  private SDVariable masked() {
    return root.random(
        MASKED,
        new Distribution.Spans(config.frames(), config.mask()),
        RandomInput.InEvaluation.SEEDED,
        Size.BATCH,
        Size.of(config.masked()));
  }

  /** What the convolutions make of the wave; the gradient that comes back is scaled. */
  private SDVariable frames() {
    SDVariable wave = sd.placeHolder(Network.INPUT, root.type(), -1, config.samples());
    FeatureEncoder encoder = new FeatureEncoder(config.encoder(), method, layers.stack(), EPSILON);
    SDVariable z = encoder.frames(root.child("features"), wave, config.samples());
    double factor = config.objective().featureGradient();
    if (factor == 1) {
      return z;
    }
    SDVariable still = root.ops().stopGradient("features.still", z);
    return still.add(z.sub(still).mul(factor));
  }

  private SDVariable normed(SDVariable frames) {
    Method norm =
        config.context().featureNorm() == Wav2Vec2Config.FeatureNorm.LAYER_NORM
            ? new PreLn()
            : method;
    return norm.normalize(root.child("feature_norm"), stem(config.encoder().channels()), frames);
  }

  private static NormSite stem(long width) {
    return new NormSite(NormSite.Kind.STEM, width, NormSite.Affine.GAIN_AND_BIAS, EPSILON);
  }

  /** What {@link org.normfree.core.op.Ops#gumbelQuantizer} gives of the frames. */
  private SDVariable[] quantized(SDVariable frames, SDVariable noise, SDVariable temperature) {
    Wav2Vec2Config.Quantizer quantizer = config.quantizer();
    Scope scope = root.child("quantizer");
    int all = quantizer.all();
    SDVariable weight =
        scope.parameter("weight", Initializer.normal(1), config.encoder().channels(), all);
    SDVariable bias = scope.parameter("bias", Initializer.constant(0), all);
    SDVariable entries =
        scope.parameter("entries", UNIT, all, quantizer.dim() / quantizer.groups());
    SDVariable logits = scope.ops().linear(scope.name("logits"), frames, weight, bias);
    return scope
        .ops()
        .gumbelQuantizer(
            scope.name("codes"), logits, entries, noise, temperature, quantizer.groups());
  }

  /** A linear map that starts as PyTorch's and that methods have no say in. */
  private static SDVariable linear(Scope scope, SDVariable x, int in, int out) {
    SDVariable weight = scope.parameter("weight", Initializer.pytorchDefault(), in, out);
    SDVariable bias = scope.parameter("bias", Initializer.uniform(1 / Math.sqrt((double) in)), out);
    return scope.ops().linear(scope.name("output"), x, weight, bias);
  }

  private SDVariable maskEmbedding() {
    return root.parameter("mask_embedding", UNIT, config.context().width());
  }

  /**
   * What the Transformer makes of frames, each [batch, frames, width].
   *
   * @param depths what goes into the first layer, and what comes out of each
   * @param last the context vectors
   */
  private record Context(List<SDVariable> depths, SDVariable last) {}

  private Context context(SDVariable normed, Optional<SDVariable> ids) {
    Wav2Vec2Config.Context shape = config.context();
    int channels = config.encoder().channels();
    Wav2Vec2Config.Dropouts dropouts = config.dropouts();
    SDVariable x =
        channels == shape.width()
            ? normed
            : linear(root.child("projection"), normed, channels, shape.width());
    x = dropout(root.child("input"), dropouts.input()).apply(x);
    if (ids.isPresent()) {
      x = hide(x, ids.get());
    }
    PositionConvolution positions =
        new PositionConvolution(shape.width(), shape.positionKernel(), shape.positionGroups());
    x = x.add(positions.of(root.child("positions"), x));
    Scope last = root.child("norm");
    if (postNorm(config)) {
      x = method.normalize(last, stem(shape.width()), x);
    }
    x = dropout(root.child("stem"), dropouts.residual()).apply(x);
    List<SDVariable> depths = new ArrayList<>(List.of(x));
    for (int block = 0; block < shape.depth(); block++) {
      x = layer(root.child("block" + block), block, x);
      depths.add(x);
    }
    SDVariable context = sd.identity(CONTEXT, postNorm(config) ? x : layers.last(last, x));
    return new Context(depths, context);
  }

  /** Puts the mask embedding in the place of some frames. */
  private SDVariable hide(SDVariable x, SDVariable ids) {
    SDVariable ones = ids.castTo(root.type()).mul(0).add(1).reshape(-1, config.masked(), 1);
    SDVariable hidden = root.ops().scatterRows("hidden", ones, ids, config.frames());
    return x.mul(hidden.rsub(1)).add(hidden.mul(maskEmbedding()));
  }

  private SDVariable layer(Scope scope, int block, SDVariable x) {
    Scope attention = scope.child("attention");
    double rate = config.dropouts().residual();
    SDVariable y = layers.selfAttention(attention, block, x, this::mix, dropout(attention, rate));
    Scope ffn = scope.child("ffn");
    y = layers.feedForward(ffn, block, y, dropout(ffn, rate));
    double skip = config.dropouts().layer();
    if (skip == 0) {
      return y;
    }
    SDVariable skipped =
        scope
            .random(
                "skipped",
                new Distribution.Chance(skip),
                RandomInput.InEvaluation.NEUTRAL,
                Size.of(1))
            .castTo(root.type());
    skipped = scope.ops().stopGradient(scope.name("skip"), skipped);
    return y.mul(skipped.rsub(1)).add(x.mul(skipped));
  }

  private SDVariable mix(Scope scope, SDVariable query, SDVariable key, SDVariable value) {
    int heads = config.context().heads();
    double rate = config.dropouts().attention();
    scope.attentionPoint(query, key, heads, false, Optional.empty());
    Size frames = Size.of(config.frames());
    SDVariable noise =
        rate == 0
            ? null
            : scope.random(
                "attention_dropout",
                new Distribution.Bernoulli(rate),
                RandomInput.InEvaluation.NEUTRAL,
                Size.BATCH,
                Size.of(heads),
                frames,
                frames);
    return scope.ops().attention(scope.name("mixed"), query, key, value, heads, false, null, noise);
  }

  private UnaryOperator<SDVariable> dropout(Scope scope, double rate) {
    return x ->
        scope.dropout(
            x, rate, Size.BATCH, Size.of(config.frames()), Size.of(config.context().width()));
  }
}
