package org.normfree.experiments.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.LongStream;
import org.normfree.core.InputException;
import org.normfree.core.data.DataSets;
import org.normfree.core.data.augment.RandAugment;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.ImageClassifiers;
import org.normfree.core.nn.Truncation;
import org.normfree.core.optim.Muon;

/**
 * The keys that experiments share. An experiment lists those it reads, with {@link Key#withDefault
 * another default} where it needs one, and adds keys of its own.
 */
public final class Keys {
  private static final Range FRACTION = Range.any().atLeast(0).below(1);
  private static final Range POSITIVE = Range.any().above(0);
  private static final Range NOT_NEGATIVE = Range.any().atLeast(0);
  private static final Range ONE_UP = Range.any().atLeast(1);

  /** What is made one by one, so that more is a slip. */
  private static final Range COUNT = Range.any().atLeast(1).atMost(10_000);

  /** The architecture. */
  public static final Key<String> MODEL =
      Key.choice(
          "model",
          "vit",
          ImageClassifiers::names,
          "the architecture; a key that it does not read may not be set");

  /** The method that keeps the network trainable. */
  public static final Key<String> METHOD =
      Key.choice("method", "dyt", Methods::names, "what keeps the network trainable");

  /** Methods of a study's runs. */
  public static final Key<List<String>> METHODS =
      Key.choices("methods", List.of("dyt"), Methods::names, "the methods that are compared");

  /** The data set. */
  public static final Key<String> DATA =
      Key.choice("data", "digits", () -> DataSets.NAMES, "the data set; digits is built in");

  /** Where the data set's files lie. */
  public static final Key<Optional<Path>> DATA_PATH =
      Key.optionalPath("data.path", "folder of the data set's files; empty for digits");

  /** Side of the images of an image folder. */
  public static final Key<Integer> DATA_SIZE =
      Key.integer(
          "data.size", 0, NOT_NEGATIVE, "image side in pixels for data=folder; 0 = as they are");

  /** The (first) seed. ND4J takes seed 0 for "no seed", so seeds start at 1. */
  public static final Key<Long> SEED =
      Key.longInteger("seed", 1, ONE_UP, "seed of everything random; the first of several");

  /** How many seeds. */
  public static final Key<Integer> SEEDS =
      Key.integer("seeds", 3, COUNT, "number of seeds: seed, seed+1, ...");

  /** Passes over the training split. */
  public static final Key<Integer> EPOCHS =
      Key.integer("epochs", 60, ONE_UP, "passes over the training split");

  /** Optimizer steps. */
  public static final Key<Integer> STEPS =
      Key.integer("steps", 0, NOT_NEGATIVE, "optimizer steps; 0 = as many as the epochs have");

  /** Images a step. */
  public static final Key<Integer> BATCH = Key.integer("batch", 32, ONE_UP, "images a step");

  /** Peak learning rate. */
  public static final Key<Double> LEARNING_RATE =
      Key.decimal("lr", 3e-3, POSITIVE, "learning rate after the warm-up");

  /** Final learning rate. */
  public static final Key<Double> MIN_LEARNING_RATE =
      Key.decimal("lr.min", 1e-6, NOT_NEGATIVE, "learning rate the cosine ends at");

  /** Warm-up. */
  public static final Key<Double> WARMUP =
      Key.decimal("warmup", 5, NOT_NEGATIVE, "epochs of linear warm-up");

  /** The optimizer. */
  public static final Key<String> OPTIMIZER =
      Key.choice(
          "optimizer",
          "adamw",
          () -> List.of("adamw", "sgd", "lamb", "muon"),
          "the optimizer; muon leaves all but hidden matrices to AdamW");

  /** What of the steps adapts. */
  public static final Key<String> STEP_ADAPTATION =
      Key.choice(
          "step.adaptation",
          "none",
          () -> List.of("none", "scale", "gain", "both", "hypergradient"),
          "AdamW and SGD: what of the steps follows the gradients, by exponentiated gradients");

  /** How fast gains move. */
  public static final Key<Double> STEP_GAIN_RATE =
      Key.decimal("step.gain.rate", 0.01, NOT_NEGATIVE, "how fast each coordinate's gain adapts");

  /** How fast the scale moves. */
  public static final Key<Double> STEP_SCALE_RATE =
      Key.decimal(
          "step.scale.rate",
          0.01,
          NOT_NEGATIVE,
          "how fast the scale of all steps adapts; of a hypergradient its beta");

  /** What gains compare a gradient with. */
  public static final Key<Double> STEP_AVERAGE =
      Key.decimal(
          "step.average",
          0.9,
          FRACTION,
          "SGD: decay of the average of earlier gradients that gains follow");

  /** What is masked at random. */
  public static final Key<String> STEP_MASK =
      Key.choice(
          "step.mask",
          "none",
          () -> List.of("none", "gradients", "updates"),
          "what a mask drawn anew at every step is for: gradients before the optimizer, or its"
              + " updates");

  /** How much a mask leaves. */
  public static final Key<Double> STEP_KEPT =
      Key.decimal(
          "step.kept",
          0.3,
          Range.any().above(0).atMost(1),
          "share of the elements that the mask keeps, divided by it");

  /** AdamW's β₁. */
  public static final Key<Double> BETA1 =
      Key.decimal(
          "beta1", 0.9, FRACTION, "AdamW, LAMB and Muon's AdamW: decay of the gradient's mean");

  /** AdamW's β₂. */
  public static final Key<Double> BETA2 =
      Key.decimal(
          "beta2",
          0.999,
          FRACTION,
          "AdamW, LAMB and Muon's AdamW: decay of the squared gradient's mean");

  /** SGD's momentum. */
  public static final Key<Double> MOMENTUM =
      Key.decimal("momentum", 0.9, FRACTION, "SGD: momentum");

  /** Muon's momentum. */
  public static final Key<Double> MUON_MOMENTUM =
      Key.decimal(
          "muon.momentum", Muon.MOMENTUM, FRACTION, "Muon: momentum of the hidden matrices");

  /** Decoupled weight decay. */
  public static final Key<Double> WEIGHT_DECAY =
      Key.decimal("weight.decay", 0.05, NOT_NEGATIVE, "decoupled weight decay");

  /** Whether 1-D parameters decay too. */
  public static final Key<Boolean> DECAY_ALL =
      Key.flag("decay.all", false, "decay 1-D parameters (gains, biases, alpha) too");

  /** Gradient clipping. */
  public static final Key<Double> CLIP =
      Key.decimal("clip", 0, NOT_NEGATIVE, "largest global gradient norm; 0 = no clipping");

  /** Label smoothing. */
  public static final Key<Double> LABEL_SMOOTHING =
      Key.decimal("label.smoothing", 0, FRACTION, "share of each label spread over all classes");

  /** Mixup. */
  public static final Key<Double> MIXUP =
      Key.decimal("mixup", 0, NOT_NEGATIVE, "mixup's Beta parameter; 0 = no mixup");

  /** Random crops. */
  public static final Key<Integer> CROP =
      Key.integer("crop", 0, NOT_NEGATIVE, "random crop after padding by so many pixels; 0 = none");

  /** Random flips. */
  public static final Key<Boolean> FLIP =
      Key.flag("flip", false, "mirror every second training image at random");

  /** Random resized crops. */
  public static final Key<Double> CROP_AREA =
      Key.decimal(
          "crop.area",
          0,
          Range.any().atLeast(0).atMost(1),
          "least share of an image's area that a crop, resized to the whole, has; 0 = no crop");

  /** RandAugment. */
  public static final Key<Integer> RANDAUGMENT =
      Key.integer(
          "randaugment",
          0,
          Range.any().atLeast(0).atMost(RandAugment.LARGEST),
          "magnitude of two random operations an image; 0 = none");

  /** Colour jitter. */
  public static final Key<Double> JITTER =
      Key.decimal(
          "jitter",
          0,
          Range.any().atLeast(0).atMost(1),
          "jitter of brightness and contrast; half of it saturation's, a quarter hue's; 0 = none");

  /** Random erasing. */
  public static final Key<Double> ERASE =
      Key.decimal(
          "erase",
          0,
          Range.any().atLeast(0).atMost(1),
          "probability that a rectangle of an image is replaced by noise");

  /** Cutmix. */
  public static final Key<Double> CUTMIX =
      Key.decimal(
          "cutmix",
          0,
          NOT_NEGATIVE,
          "cutmix's Beta parameter; 0 = no cutmix; with mixup each batch has one of the two");

  /** Averaging of the weights. */
  public static final Key<Double> EMA =
      Key.decimal("ema", 0, FRACTION, "decay of the averaged weights that are evaluated; 0 = off");

  /** Stochastic depth. */
  public static final Key<Double> DROP_PATH =
      Key.decimal("drop.path", 0, FRACTION, "stochastic depth rate of the last block");

  /** Patch side. */
  public static final Key<Integer> PATCH =
      Key.integer("patch", 2, ONE_UP, "patch side in pixels; must divide the image");

  /** Width. */
  public static final Key<Integer> WIDTH =
      Key.integer("width", 48, ONE_UP, "channels of a token; divisible by heads");

  /** Depth. */
  public static final Key<Integer> DEPTH = Key.integer("depth", 4, COUNT, "number of blocks");

  /** Heads. */
  public static final Key<Integer> HEADS = Key.integer("heads", 3, ONE_UP, "attention heads");

  /** MLP ratio. */
  public static final Key<Double> MLP_RATIO =
      Key.decimal("mlp.ratio", 4, POSITIVE, "hidden width of the MLP over the token's width");

  /** Pooling. */
  public static final Key<String> POOL =
      Key.choice("pool", "mean", () -> List.of("mean", "cls"), "what the head reads");

  /** The deviation of initial weights. */
  public static final Key<Double> INIT_STD =
      Key.decimal(
          "init.std",
          0,
          Range.any().atLeast(0).atMost(10),
          "ViT: deviation of the initial weights in residual branches, which the method scales; 0 = the method's own");

  /** How initial weights are cut off. */
  public static final Key<String> INIT_CUT =
      Key.choice(
          "init.cut",
          "none",
          Truncation::names,
          "init.std: drawn again beyond two deviations, which leaves 0.88 of it, or beyond 2 (absolute), as in PyTorch");

  /** Channels of stages of convolutions. */
  public static final Key<List<Integer>> DIMS =
      Key.sizes(
          "dims",
          ONE_UP,
          "convolutions: channels of each stage; mlp: widths of hidden layers; empty = the model's"
              + " own");

  /** Blocks of stages of convolutions. */
  public static final Key<List<Integer>> DEPTHS =
      Key.sizes("depths", COUNT, "convolutions: blocks of each stage; empty = the model's own");

  /** Patches of ConvNeXt's stem. */
  public static final Key<Integer> STEM =
      Key.integer("stem", 0, NOT_NEGATIVE, "ConvNeXt: patch side of the stem; 0 = the model's own");

  /** Patches between ConvNeXt's stages. */
  public static final Key<Integer> DOWNSAMPLE =
      Key.integer("downsample", 2, ONE_UP, "ConvNeXt: patch side between stages");

  /** ConvNeXt's depthwise window. */
  public static final Key<Integer> KERNEL =
      Key.integer("kernel", 7, ONE_UP, "ConvNeXt: side of the depthwise window, odd");

  /** ConvNeXt's layer scale. */
  public static final Key<Double> BLOCK_SCALE =
      Key.decimal(
          "block.scale",
          1e-6,
          NOT_NEGATIVE,
          "ConvNeXt: initial factor of each block's branch; 0 = no such factor");

  /** What ConvNeXt's weights start from. */
  public static final Key<String> INIT =
      Key.choice(
          "init",
          "published",
          () -> List.of("published", "fan-in"),
          "ConvNeXt: weights start with deviation 0.02, or 1/sqrt(fan-in)");

  /** The grid of VGG's head. */
  public static final Key<Integer> HEAD_GRID =
      Key.integer(
          "head.grid", 0, NOT_NEGATIVE, "VGG: side of the head's grid; 0 = the model's own");

  /** Hidden layers of VGG's head. */
  public static final Key<List<Integer>> HEAD_DIMS =
      Key.sizes(
          "head.dims",
          ONE_UP,
          "VGG: channels of the head's hidden layers; empty = the model's own");

  /** Dropout of VGG's head. */
  public static final Key<Double> HEAD_DROPOUT =
      Key.decimal("head.dropout", 0.5, FRACTION, "VGG: dropout behind the head's hidden layers");

  /** α₀. */
  public static final Key<Double> ALPHA0 =
      Key.decimal("alpha0", 0.5, POSITIVE, "initial alpha of DyT and its relatives");

  /** α₀ before attention. */
  public static final Key<Double> ALPHA0_ATTENTION =
      Key.decimal(
          "alpha0.attention", 0, NOT_NEGATIVE, "initial alpha before attention; 0 = alpha0");

  /** α₀ by width. */
  public static final Key<Boolean> ALPHA0_TABLE =
      Key.flag(
          "alpha0.table",
          false,
          "initial alpha by width and site as found for language models; overrides the other two");

  /** Granularity of α. */
  public static final Key<Boolean> ALPHA_PER_CHANNEL =
      Key.flag("alpha.per.channel", false, "an alpha for each channel instead of one a layer");

  /** Whether α is trained. */
  public static final Key<Boolean> ALPHA_LEARNED =
      Key.flag("alpha.learned", true, "train alpha; otherwise it stays at alpha0");

  /** Whether dynamic activations have γ and β. */
  public static final Key<Boolean> AFFINE =
      Key.flag("affine", true, "give DyT and its relatives gamma and beta");

  /** The scalar behind the embedding of language models. */
  public static final Key<Boolean> EMBEDDING_SCALE =
      Key.flag(
          "embedding.scale", true, "language models: DyT's trained factor behind the embedding");

  /** LayerScale's λ₀. */
  public static final Key<Double> LAYER_SCALE =
      Key.decimal("layerscale", 1e-4, Range.any(), "initial factor of LayerScale");

  /** Whether Peri-LN normalizes the embedding. */
  public static final Key<Boolean> EMBEDDING_NORM =
      Key.flag("embedding.norm", false, "language models: Peri-LN's norm behind the embedding");

  /** BHyT's λ₀. */
  public static final Key<Double> BHYT_LAMBDA =
      Key.decimal("bhyt.lambda", 2, Range.any(), "initial lambda of BHyT");

  /** ProRes' T. */
  public static final Key<Long> PRORES_WARMUP =
      Key.longInteger(
          "prores.warmup",
          1000,
          ONE_UP,
          "steps a layer after which ProRes' branches have their full size");

  /** How long TaperNorm is a norm. */
  public static final Key<Long> TAPER_WARMUP =
      Key.longInteger("taper.warmup", 500, ONE_UP, "steps in which TaperNorm is a norm alone");

  /** How long TaperNorm's norm fades. */
  public static final Key<Long> TAPER_DECAY =
      Key.longInteger("taper.decay", 1000, ONE_UP, "steps in which TaperNorm's norm fades");

  /** What runs the graph. */
  public static final Key<String> EXECUTOR =
      Key.choice(
          "executor",
          "compiled",
          () -> List.of("compiled", "stock"),
          "what runs the graph: a compiled plan, or SameDiff's own session");

  /** What computes the ops. */
  public static final Key<String> KERNELS =
      Key.choice(
          "kernels",
          "auto",
          () -> List.of("auto", "onednn", "java", "nd4j"),
          "what computes the ops; auto takes the fastest there is");

  /** The Vector API. */
  public static final Key<String> VECTOR =
      Key.choice(
          "vector",
          "auto",
          () -> List.of("auto", "on", "off"),
          "the Vector API for element-wise loops; auto takes it where Java has it");

  /** What the operands of products are rounded to. */
  public static final Key<String> PRECISION =
      Key.choice(
          "precision",
          "float32",
          () -> List.of("float32", "bf16"),
          "operands of matrix products; bf16 keeps float32 weights and sums");

  /** Threads of one run. Their number decides no bit, so a run may go on with another. */
  public static final Key<OptionalInt> THREADS =
      Key.integerOrAuto(
              "threads",
              Range.any().atLeast(1).atMost(4096),
              "threads of one run, native libraries included; auto = cores over runs at a time; any number gives the same bits")
          .schedulingOnly();

  /** Runs at a time. */
  public static final Key<Integer> JOBS =
      Key.integer(
              "jobs",
              0,
              NOT_NEGATIVE,
              "runs at a time; 0 = cores / threads, or as many as there are cores")
          .schedulingOnly();

  /** Checkpoints. */
  public static final Key<Integer> CHECKPOINT_EVERY =
      Key.integer("checkpoint.every", 200, ONE_UP, "steps between checkpoints").schedulingOnly();

  /** Evaluation. */
  public static final Key<Integer> EVAL_EVERY =
      Key.integer("eval.every", 1, ONE_UP, "epochs between evaluations");

  /** What is looked at while a network trains. */
  public static final Key<List<String>> PROBES =
      Key.choices(
          "probes",
          List.of("none"),
          () ->
              List.of(
                  "none",
                  "update-size",
                  "gradient-norms",
                  "norm-inputs",
                  "input-std",
                  "activation-rms",
                  "saturation",
                  "attention-entropy",
                  "alpha",
                  "layernorm-map",
                  "layer-profile",
                  "step-loss",
                  "step-cost"),
          "what is measured of each layer while it trains");

  /** How often. */
  public static final Key<Integer> PROBE_EVERY =
      Key.integer("probe.every", 20, ONE_UP, "steps between samples of the probes");

  /** How many layers a probe of chosen layers looks into. */
  public static final Key<Integer> PROBE_LAYERS =
      Key.integer("probe.layers", 4, ONE_UP, "layers that layernorm-map looks into");

  private Keys() {}

  /** The keys that choose the data. */
  public static List<Key<?>> data() {
    return List.of(DATA, DATA_PATH, DATA_SIZE);
  }

  /** The keys that shape the model. */
  public static List<Key<?>> model() {
    List<Key<?>> keys = new ArrayList<>(List.of(MODEL));
    keys.addAll(tokens());
    keys.add(DROP_PATH);
    keys.addAll(stages());
    return List.copyOf(keys);
  }

  /** Those that shape a model of tokens. */
  public static List<Key<?>> tokens() {
    return List.of(PATCH, WIDTH, DEPTH, HEADS, MLP_RATIO, POOL, INIT_STD, INIT_CUT);
  }

  /** Those that shape a model of convolutions. */
  public static List<Key<?>> stages() {
    return List.of(
        DIMS,
        DEPTHS,
        STEM,
        DOWNSAMPLE,
        KERNEL,
        BLOCK_SCALE,
        INIT,
        HEAD_GRID,
        HEAD_DIMS,
        HEAD_DROPOUT);
  }

  /** The keys that say what a method starts from. */
  public static List<Key<?>> methodOptions() {
    return List.copyOf(optionsOfMethods().keySet());
  }

  /** The same with what a method reads that they concern. */
  public static Map<Key<?>, MethodOptions.Choice> optionsOfMethods() {
    Map<Key<?>, MethodOptions.Choice> keys = new LinkedHashMap<>();
    for (Key<?> key :
        List.of(ALPHA0, ALPHA0_ATTENTION, ALPHA0_TABLE, ALPHA_PER_CHANNEL, ALPHA_LEARNED)) {
      keys.put(key, MethodOptions.Choice.ALPHA);
    }
    keys.put(AFFINE, MethodOptions.Choice.AFFINE);
    keys.put(EMBEDDING_SCALE, MethodOptions.Choice.EMBEDDING_SCALE);
    keys.put(LAYER_SCALE, MethodOptions.Choice.LAYER_SCALE);
    keys.put(EMBEDDING_NORM, MethodOptions.Choice.EMBEDDING_NORM);
    keys.put(BHYT_LAMBDA, MethodOptions.Choice.LAMBDA);
    keys.put(PRORES_WARMUP, MethodOptions.Choice.RESIDUAL_RAMP);
    keys.put(TAPER_WARMUP, MethodOptions.Choice.TAPER);
    keys.put(TAPER_DECAY, MethodOptions.Choice.TAPER);
    return keys;
  }

  /** The keys that say how a model is trained. */
  public static List<Key<?>> training() {
    return List.of(
        EPOCHS,
        STEPS,
        BATCH,
        LEARNING_RATE,
        MIN_LEARNING_RATE,
        WARMUP,
        OPTIMIZER,
        BETA1,
        BETA2,
        MOMENTUM,
        MUON_MOMENTUM,
        STEP_ADAPTATION,
        STEP_GAIN_RATE,
        STEP_SCALE_RATE,
        STEP_AVERAGE,
        STEP_MASK,
        STEP_KEPT,
        WEIGHT_DECAY,
        DECAY_ALL,
        CLIP,
        EMA,
        LABEL_SMOOTHING,
        MIXUP,
        CUTMIX,
        CROP,
        CROP_AREA,
        FLIP,
        RANDAUGMENT,
        JITTER,
        ERASE,
        EVAL_EVERY,
        PROBES,
        PROBE_EVERY,
        PROBE_LAYERS,
        CHECKPOINT_EVERY);
  }

  /**
   * Those that no data forbid, whatever they say: settings refuse them, or nothing does. A warm-up
   * that is given, and batches, have to fit the number of examples.
   */
  public static Set<Key<?>> besidesData() {
    Set<Key<?>> keys = new HashSet<>(besidesNetwork());
    keys.removeAll(List.of(BATCH, WARMUP));
    keys.addAll(List.of(METHOD, METHODS, OPTIMIZER, MUON_MOMENTUM));
    keys.addAll(
        List.of(
            STEP_ADAPTATION, STEP_GAIN_RATE, STEP_SCALE_RATE, STEP_AVERAGE, STEP_MASK, STEP_KEPT));
    keys.addAll(tokens());
    keys.addAll(methodOptions());
    return keys;
  }

  /**
   * Those that change nothing of a network: how long and how fast it is trained, who looks at it
   * meanwhile, what runs it, and how often.
   */
  public static Set<Key<?>> besidesNetwork() {
    Set<Key<?>> keys =
        new HashSet<>(
            List.of(
                EPOCHS,
                STEPS,
                BATCH,
                LEARNING_RATE,
                MIN_LEARNING_RATE,
                WARMUP,
                BETA1,
                BETA2,
                MOMENTUM,
                WEIGHT_DECAY,
                DECAY_ALL,
                CLIP,
                EMA,
                EVAL_EVERY,
                PROBES,
                PROBE_EVERY,
                PROBE_LAYERS,
                CHECKPOINT_EVERY,
                SEED,
                SEEDS,
                JOBS));
    keys.addAll(execution());
    return keys;
  }

  /** Those that concern images alone. */
  public static List<Key<?>> imagesOnly() {
    return List.of(BATCH, MIXUP, CUTMIX, CROP, CROP_AREA, FLIP, RANDAUGMENT, JITTER, ERASE);
  }

  /** The keys that say what runs a model. */
  public static List<Key<?>> execution() {
    return List.of(EXECUTOR, KERNELS, VECTOR, PRECISION, THREADS);
  }

  /**
   * @param config settings with {@link #SEED} and {@link #SEEDS}
   * @return the seeds: the first and as many after it as asked for
   * @throws InputException if there are not so many
   */
  public static List<Long> seedsOf(Config config) {
    long first = config.get(SEED);
    if (first > Long.MAX_VALUE - config.get(SEEDS)) {
      throw new InputException(
          "seed=%s and seeds=%s go past the largest seed, %s; choose a smaller seed"
              .formatted(first, config.get(SEEDS), Long.MAX_VALUE));
    }
    return LongStream.range(first, first + config.get(SEEDS)).boxed().toList();
  }

  /**
   * @param config settings with {@link #THREADS} and {@link #JOBS}
   * @return how many runs go on at a time, at least 1
   */
  public static int jobsOf(Config config) {
    int jobs = config.get(JOBS);
    return jobs > 0
        ? jobs
        : Math.max(1, Runtime.getRuntime().availableProcessors() / config.get(THREADS).orElse(1));
  }
}
