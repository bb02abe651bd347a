package org.normfree.core.model.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.Checks;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.Layers;
import org.normfree.core.nn.Distribution;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Metric;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Size;

/**
 * Masked autoencoder: a Vision Transformer that sees a few patches of an image, and a small decoder
 * that guesses the others from what it says of them. Patches → linear → + positions → those that
 * are kept → class token in front → blocks → norm; then linear to the decoder's width → back to
 * their places, a mask token in the others → + positions → blocks → norm → linear to pixels,
 * without the class token's row. Positions are fixed sines and cosines ({@link
 * PositionGrid#COLUMN_FIRST}), 0 for the class token. Source: arXiv 2111.06377 and its repository
 * facebookresearch/mae.
 *
 * <p>Three networks have the encoder's parameters under the same names: {@link #build the one that
 * is trained}, {@link #features} that gives an image's vector, and {@link #classifier} for
 * fine-tuning.
 */
public final class MaskedAutoencoder {
  /** Random input: the patches that are kept, in any order, INT [batch, kept]. */
  public static final String KEPT = "kept";

  /** What the encoder says: class token and kept patches, [batch, 1 + kept, dim]. */
  public static final String LATENT = "latent";

  /** What is guessed of every patch, [batch, patches, P]. */
  public static final String PREDICTION = "prediction";

  /** What was to be guessed, [batch, patches, P]. */
  public static final String TARGET = "target";

  /** 1 where a patch was hidden, [batch, patches]. */
  public static final String MASK = "mask";

  /** Metric: the loss of guessing 0 for the same patches. */
  public static final String ZERO_LOSS = "zero_loss";

  /** Metric: the loss of guessing the training images' mean. */
  public static final String MEAN_IMAGE_LOSS = "mean_image_loss";

  /** An image's vector: the class token behind the last norm, [batch, dim]. */
  public static final String FEATURES = "features";

  private static final Start XAVIER = Start.of(Initializer.xavierUniform(1));

  /** Whatever the features are, the first guess is even. */
  private static final Start NEARLY_ZERO = Start.of(Initializer.normal(2e-5));

  private final MaskedAutoencoderConfig config;
  private final Method method;
  private final Scope root;
  private final SameDiff sd;
  private final Layers encoder;
  private final Layers decoder;

  private MaskedAutoencoder(MaskedAutoencoderConfig config, Method method, Start head, Scope root) {
    this.config = config;
    this.method = method;
    this.root = root;
    this.sd = root.graph();
    this.encoder = layers(config.encoder(), head);
    this.decoder = layers(config.decoder(), head);
  }

  private Layers layers(MaskedAutoencoderConfig.Tower tower, Start head) {
    return new Layers(
            method,
            tower.stack(),
            tower.dim(),
            tower.heads(),
            Checks.hidden(config.mlpRatio(), tower.dim()),
            FeedForward.GELU,
            true)
        .from(kind -> start(kind, head));
  }

  /** As published: Xavier uniform, and of the patch embedding a bias as PyTorch made it. */
  private Optional<Start> start(WeightRole.Kind kind, Start head) {
    return switch (kind) {
      case QUERY, KEY, VALUE -> Optional.of(Start.jointQueryKeyValue());
      case PATCH ->
          Optional.of(
              new Start(XAVIER.weight(), Start.pytorchDefault(config.patches().size()).bias()));
      case HEAD -> Optional.of(head);
      default -> Optional.empty();
    };
  }

  /**
   * The network that is trained to reconstruct.
   *
   * @param config the shape
   * @param method what keeps it trainable
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   * @return the network; {@link Network#INPUT} is [batch, height, width, channels]
   */
  public static Network build(
      MaskedAutoencoderConfig config, Method method, DataType type, long seed) {
    return build(config, method, type, seed, Optional.empty());
  }

  /**
   * The same, which also reports what guessing the mean of the training images would cost.
   *
   * @param meanTarget mean over images of {@link MaskedReconstruction#target}, [patches, P]
   */
  public static Network build(
      MaskedAutoencoderConfig config,
      Method method,
      DataType type,
      long seed,
      Optional<double[]> meanTarget) {
    return Scope.build(
        type,
        seed,
        root -> new MaskedAutoencoder(config, method, XAVIER, root).reconstruct(meanTarget));
  }

  /**
   * The trained encoder on whole images, for a linear probe or nearest neighbours: it has no
   * objective, and its output is {@link #FEATURES}.
   */
  public static Network features(
      MaskedAutoencoderConfig config, Method method, DataType type, long seed) {
    return Scope.build(
        type, seed, root -> new MaskedAutoencoder(config, method, XAVIER, root).describe());
  }

  /**
   * The encoder as a classifier: the mean of the patches' tokens → a norm of its own in place of
   * the last one → a linear head. Positions are trained along.
   *
   * @param classes how many, at least 2
   * @param dropPath drop-path rate of the last block
   */
  public static Network classifier(
      MaskedAutoencoderConfig config,
      int classes,
      double dropPath,
      Method method,
      DataType type,
      long seed) {
    Checks.require(classes >= 2, "the data has %d class, expected at least 2", classes);
    Checks.rate("drop.path", dropPath);
    return Scope.build(
        type,
        seed,
        root ->
            new MaskedAutoencoder(config, method, NEARLY_ZERO, root).classify(classes, dropPath));
  }

  /**
   * Which layer of a {@link #classifier} a parameter belongs to, for a learning rate that decays
   * from layer to layer: 0 for what makes the tokens, i + 1 for block i, depth + 1 for the rest.
   *
   * @param depth blocks of the encoder
   * @param parameter name of one of its parameters
   */
  public static int layer(int depth, String parameter) {
    String place = parameter.replaceFirst("\\..*", "");
    if (place.startsWith(BLOCK)) {
      return 1 + Integer.parseInt(place.substring(BLOCK.length()));
    }
    return List.of(PATCH, CLASS_TOKEN, POSITIONS).contains(place) ? 0 : depth + 1;
  }

  private static final String BLOCK = "block";
  private static final String PATCH = "patch";
  private static final String CLASS_TOKEN = "class_token";
  private static final String POSITIONS = "positions";

  private void reconstruct(Optional<double[]> meanTarget) {
    Patches patches = config.patches();
    SDVariable image = image();
    SDVariable kept =
        root.random(
            KEPT,
            new Distribution.Choice(patches.count()),
            RandomInput.InEvaluation.SEEDED,
            Size.BATCH,
            Size.of(config.kept()));
    SDVariable positions =
        root.constant(
            POSITIONS, grid(config.encoder()), 1, patches.count(), config.encoder().dim());
    SDVariable visible = root.ops().gatherRows("visible", embed(image).add(positions), kept);
    SDVariable latent = last(blocks(encoder, root, behindClassToken(visible), 0));
    latent = sd.updateVariableNameAndReference(latent, LATENT);

    SDVariable ones = kept.castTo(root.type()).mul(0).add(1).reshape(-1, config.kept(), 1);
    SDVariable hidden =
        root.ops().scatterRows("seen", ones, kept, patches.count()).rsub("hidden", 1);
    SDVariable prediction = decode(root.child("decoder"), latent, kept, hidden);
    prediction = sd.updateVariableNameAndReference(prediction, PREDICTION);

    SDVariable target = MaskedReconstruction.target(patches, image, config.normPix());
    target = sd.updateVariableNameAndReference(target, TARGET);
    SDVariable mask = hidden.reshape(-1, patches.count());
    mask = sd.updateVariableNameAndReference(mask, MASK);
    MaskedReconstruction.loss(Network.LOSS, prediction, target, mask);
    SDVariable zero = root.constant("zero", Initializer.constant(0), 1, 1, 1);
    MaskedReconstruction.loss(ZERO_LOSS, zero, target, mask);
    Metric loss = Metric.mean(Network.LOSS, Network.LOSS);
    List<Metric> evaluation = new ArrayList<>(List.of(loss, Metric.mean(ZERO_LOSS, ZERO_LOSS)));
    if (meanTarget.isPresent()) {
      SDVariable mean =
          root.constant(
              "mean_target", (shape, rng) -> meanTarget.get(), 1, patches.count(), patches.size());
      MaskedReconstruction.loss(MEAN_IMAGE_LOSS, mean, target, mask);
      evaluation.add(Metric.mean(MEAN_IMAGE_LOSS, MEAN_IMAGE_LOSS));
    }
    root.objective(new Objective(Network.LOSS, List.of(loss), evaluation));
  }

  private SDVariable decode(Scope scope, SDVariable latent, SDVariable kept, SDVariable hidden) {
    Patches patches = config.patches();
    int dim = config.decoder().dim();
    SDVariable narrow =
        method.linear(
            scope.child("embed"),
            decoder.role(WeightRole.Kind.PATCH, 0).from(XAVIER),
            latent,
            config.encoder().dim(),
            dim);
    SDVariable classToken = narrow.get(SDIndex.all(), SDIndex.interval(0, 1), SDIndex.all());
    SDVariable visible =
        narrow.get(SDIndex.all(), SDIndex.interval(1, 1 + config.kept()), SDIndex.all());
    SDVariable maskToken = scope.parameter("mask_token", Initializer.normal(0.02), 1, 1, dim);
    SDVariable places =
        scope
            .ops()
            .scatterRows(scope.name("places"), visible, kept, patches.count())
            .add(hidden.mul(maskToken));
    SDVariable positions =
        scope.constant(POSITIONS, grid(config.decoder()), 1, patches.count(), dim);
    SDVariable x = sd.concat(1, classToken, places.add(positions));
    SDVariable y = decoder.last(scope.child("norm"), blocks(decoder, scope, x, 0));
    SDVariable pixels =
        method.linear(
            scope.child("prediction"),
            decoder.role(WeightRole.Kind.HEAD, 0),
            y,
            dim,
            patches.size());
    return pixels.get(SDIndex.all(), SDIndex.interval(1, 1 + patches.count()), SDIndex.all());
  }

  private void describe() {
    SDVariable positions =
        root.constant(
            POSITIONS, grid(config.encoder()), 1, config.patches().count(), config.encoder().dim());
    SDVariable tokens = behindClassToken(embed(image()).add(positions));
    SDVariable latent = last(blocks(encoder, root, tokens, 0));
    SDVariable vector = latent.get(SDIndex.all(), SDIndex.point(0), SDIndex.all());
    sd.updateVariableNameAndReference(vector, FEATURES);
  }

  private void classify(int classes, double dropPath) {
    Patches patches = config.patches();
    int dim = config.encoder().dim();
    SDVariable positions =
        root.parameter(
            POSITIONS,
            (shape, rng) ->
                PositionGrid.COLUMN_FIRST.tableWithClassToken(
                    patches.rows(), patches.columns(), dim),
            1,
            1 + patches.count(),
            dim);
    SDVariable tokens = behindClassToken(embed(image())).add(positions);
    SDVariable x = blocks(encoder, root, tokens, dropPath);
    SDVariable pooled =
        x.get(SDIndex.all(), SDIndex.interval(1, 1 + patches.count()), SDIndex.all()).mean(1);
    SDVariable vector =
        method.normalize(root.child("fc_norm"), new NormSite(NormSite.Kind.FINAL, dim), pooled);
    SDVariable head =
        method.linear(
            root.child("head"), encoder.role(WeightRole.Kind.HEAD, 0), vector, dim, classes);
    SDVariable logits = sd.updateVariableNameAndReference(head, Network.LOGITS);
    SDVariable labels = sd.placeHolder(Network.LABELS, root.type(), -1, classes);
    root.ops().softmaxCrossEntropy("losses", logits, labels).mean(Network.LOSS);
    root.objective(Objective.classification(Network.LOSS));
  }

  private SDVariable image() {
    Patches patches = config.patches();
    return sd.placeHolder(
        Network.INPUT, root.type(), -1, patches.height(), patches.width(), patches.channels());
  }

  private Initializer grid(MaskedAutoencoderConfig.Tower tower) {
    Patches patches = config.patches();
    return (shape, rng) ->
        PositionGrid.COLUMN_FIRST.table(patches.rows(), patches.columns(), tower.dim());
  }

  /** A token a patch, without its position: [batch, patches, dim]. */
  private SDVariable embed(SDVariable image) {
    return method.linear(
        root.child(PATCH),
        encoder.role(WeightRole.Kind.PATCH, 0),
        config.patches().of(image),
        config.patches().size(),
        config.encoder().dim());
  }

  /** A class token in front; its position is a row of zeros. */
  private SDVariable behindClassToken(SDVariable x) {
    SDVariable token =
        root.parameter(CLASS_TOKEN, Initializer.normal(0.02), 1, 1, config.encoder().dim());
    SDVariable zeros = sd.zerosLike(x.get(SDIndex.all(), SDIndex.interval(0, 1), SDIndex.all()));
    return sd.concat(1, zeros.add(token), x);
  }

  private static SDVariable blocks(Layers layers, Scope scope, SDVariable x, double dropPath) {
    SDVariable y = x;
    for (int block = 0; block < layers.stack().layers(); block++) {
      y = layers.encoderBlock(scope.child(BLOCK + block), block, y, dropPath);
    }
    return y;
  }

  private SDVariable last(SDVariable x) {
    return encoder.last(root.child("norm"), x);
  }
}
