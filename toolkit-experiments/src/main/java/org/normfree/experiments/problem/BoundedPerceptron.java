package org.normfree.experiments.problem;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.hipparchus.stat.StatUtils;
import org.hipparchus.stat.correlation.PearsonsCorrelation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.data.Augmentation;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.ImageSplits;
import org.normfree.core.data.Images;
import org.normfree.core.data.TrainingBatches;
import org.normfree.core.method.Method;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.image.MlpConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.Follower;
import org.normfree.core.optim.NamedArrays;
import org.normfree.core.probe.PenaltyBound;
import org.normfree.core.train.Trainer;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.run.Quantity;

/**
 * Classifying images with a perceptron of tanh units in double precision, of which single training
 * images are looked at, with the gradients of their input and of the parameters: before the first
 * step, and when an epoch ends with a mean loss of the training images at or below one of the
 * {@code levels} for the first time. See {@link PenaltyBound}.
 */
public final class BoundedPerceptron extends ImageProblem {
  /** Axis of the values: when the images were looked at. */
  public static final String AT = "at";

  /** The value of {@link #AT} before the first step. */
  public static final String START = "start";

  /** Axis of the values: the layer, from 1. */
  public static final String LAYER = "layer";

  /** Nothing stands where a norm would, which would have a Jacobian of its own. */
  public static final String METHOD = "identity-no-alpha";

  private static final Key<String> METHODS =
      Key.choice(
          Keys.METHOD.name(),
          METHOD,
          () -> List.of(METHOD),
          "nothing stands where a norm would, since the inequality is about linear maps and tanh");

  /** When images are looked at. */
  public static final Key<List<Double>> LEVELS =
      Key.decimals(
          "levels",
          List.of(1.0, 0.3, 0.05),
          Range.any().above(0),
          "training losses at which single images are looked at");

  /** How many images are looked at. */
  public static final Key<Integer> EXAMPLES =
      Key.integer(
          "examples",
          256,
          Range.any().atLeast(3),
          "training images that are looked at one by one; at most as many as there are");

  private static final double RELATIVE = 1e-9;

  private static final List<String> VALUES =
      List.of(
          "training_loss",
          "epochs",
          "violations",
          "log_correlation",
          "bound_least",
          "bound_median",
          "input_square",
          "parameter_square",
          "mean_excess");
  private static final String LAYER_MEDIAN = "layer_median";

  private static final List<Key<?>> KEYS =
      Schema.of(
              List.of(METHODS),
              Keys.data(),
              List.of(Keys.DIMS, LEVELS, EXAMPLES),
              Keys.methodOptions(),
              Keys.training().stream()
                  .filter(key -> key == Keys.BATCH || !Keys.imagesOnly().contains(key))
                  .filter(key -> key != Keys.LABEL_SMOOTHING)
                  .toList(),
              Keys.execution(),
              List.of(Keys.SEED))
          .withDefault(Keys.DIMS, List.of(32, 32))
          .withDefault(Keys.AFFINE, false)
          .withDefault(Keys.EPOCHS, 130)
          .withDefault(Keys.LEARNING_RATE, 0.1)
          .withDefault(Keys.WARMUP, 0.0)
          .withDefault(Keys.OPTIMIZER, "sgd")
          .withDefault(Keys.MOMENTUM, 0.0)
          .withDefault(Keys.WEIGHT_DECAY, 0.0)
          .withDefault(Keys.EVAL_EVERY, 10)
          .keys();

  /** What runs of this problem are. */
  public static final Kind KIND =
      new Kind("bound", KEYS, BoundedPerceptron::new, BoundedPerceptron::architecture);

  private final List<Integer> hidden;
  private final double[][] inputs;
  private final int[] targets;
  private final int examples;

  private BoundedPerceptron(Config config) {
    super(config);
    hidden = config.get(Keys.DIMS);
    Images images = splits.train();
    inputs = new double[images.count()][];
    targets = images.labels();
    int i = 0;
    for (Batch batch : evaluation(images)) {
      float[] pixels = batch.reals(Network.INPUT);
      for (int from = 0; from < pixels.length; from += images.imageSize()) {
        double[] x = new double[images.imageSize()];
        for (int k = 0; k < x.length; k++) {
          x[k] = pixels[from + k];
        }
        inputs[i++] = x;
      }
    }
    examples = Math.min(config.get(EXAMPLES), inputs.length);
  }

  private static MlpConfig model(Config config, ImageSplits splits) {
    return new MlpConfig(shape(splits), config.get(Keys.DIMS));
  }

  private static Architecture architecture(Config config, Method method) {
    if (config.get(Keys.AFFINE)) {
      throw new InputException(
          "affine=true gives the perceptron parameters besides its linear maps, about which and tanh the inequality is; leave it at affine=false");
    }
    return model(config, splits(config));
  }

  @Override
  public Network network(Method method, long seed) {
    Network network = model(config, splits).build(method, DataType.DOUBLE, seed);
    int linear = 2 * (hidden.size() + 1);
    if (network.parameters().size() != linear) {
      throw new InputException(
          "the perceptron has %s parameters, expected a weight and a bias for each of %s linear maps, since the inequality is about these and tanh; leave the method's settings as they are, affine=false"
              .formatted(network.parameters().size(), hidden.size() + 1));
    }
    return network;
  }

  @Override
  public BatchStream batches(long seed) {
    return new TrainingBatches(
        splits.train(), normalization, Augmentation.NONE, config.get(Keys.BATCH), seed);
  }

  @Override
  public Company company(Run run) {
    return new Looks(run.network(), run.settings().stepsPerEpoch());
  }

  /** What was seen of single images, a row a point of training. */
  private final class Looks implements Company, Follower {
    private static final String SEEN = "seen";

    private final Network network;
    private final int stepsPerEpoch;
    private final List<String> points = new ArrayList<>(List.of(START));
    private final INDArray seen;

    Looks(Network network, int stepsPerEpoch) {
      this.network = network;
      this.stepsPerEpoch = stepsPerEpoch;
      config.get(LEVELS).forEach(level -> points.add(String.valueOf(level)));
      int columns = VALUES.size() + hidden.size() + 1;
      seen = Nd4j.valueArrayOf(new long[] {points.size(), columns}, Double.NaN, DataType.DOUBLE);
      List<PenaltyBound.Layer> layers = layers(network);
      write(0, look(layers, loss(layers), 0));
    }

    @Override
    public String name() {
      return "looks";
    }

    @Override
    public Place place() {
      return Place.AFTER_STEP;
    }

    @Override
    public void follow(long step) {
      long steps = step + 1;
      if (steps % stepsPerEpoch != 0) {
        return;
      }
      List<PenaltyBound.Layer> layers = layers(network);
      double loss = loss(layers);
      double[] values = null;
      for (int row = 1; row < points.size(); row++) {
        if (Double.isNaN(seen.getDouble(row, 0)) && loss <= config.get(LEVELS).get(row - 1)) {
          values = values == null ? look(layers, loss, steps / stepsPerEpoch) : values;
          write(row, values);
        }
      }
    }

    private void write(int row, double[] values) {
      for (int column = 0; column < values.length; column++) {
        seen.putScalar(row, column, values[column]);
      }
    }

    @Override
    public Map<String, INDArray> state() {
      return Map.of(SEEN, seen.dup());
    }

    @Override
    public void restore(Map<String, INDArray> state) {
      NamedArrays.requireSame("looks", Map.of(SEEN, seen), state);
      seen.assign(state.get(SEEN));
    }

    @Override
    public List<Follower> followers() {
      return List.of(this);
    }

    @Override
    public Map<String, Double> atEnd(Trainer trainer) {
      Map<String, Double> values = new LinkedHashMap<>();
      int reached = 0;
      for (int row = 0; row < points.size(); row++) {
        if (Double.isNaN(seen.getDouble(row, 0))) {
          continue;
        }
        reached += row > 0 ? 1 : 0;
        for (int column = 0; column < seen.columns(); column++) {
          Map<String, String> place = new TreeMap<>(Map.of(AT, points.get(row)));
          int layer = column - VALUES.size() + 1;
          if (layer > 0) {
            place.put(LAYER, String.valueOf(layer));
          }
          String name = layer > 0 ? LAYER_MEDIAN : VALUES.get(column);
          values.put(new Quantity(name, place).toString(), seen.getDouble(row, column));
        }
      }
      values.put("levels_reached", (double) reached);
      values.values().removeIf(value -> !Double.isFinite(value));
      return values;
    }

    @Override
    public void close() {}
  }

  private List<PenaltyBound.Layer> layers(Network network) {
    List<PenaltyBound.Layer> layers = new ArrayList<>();
    for (int i = 0; i <= hidden.size(); i++) {
      boolean head = i == hidden.size();
      String place = head ? "head" : "hidden" + i;
      layers.add(
          PenaltyBound.Layer.of(
              network.array(place + ".weight"),
              network.array(place + ".bias"),
              head ? PenaltyBound.Activation.LINEAR : PenaltyBound.Activation.TANH));
    }
    return layers;
  }

  /** The mean cross-entropy of the training images. */
  private double loss(List<PenaltyBound.Layer> layers) {
    double sum = 0;
    for (int i = 0; i < inputs.length; i++) {
      double[] logits = PenaltyBound.output(layers, inputs[i]);
      double largest = Arrays.stream(logits).max().orElseThrow();
      double exponentials = Arrays.stream(logits).map(y -> Math.exp(y - largest)).sum();
      sum += largest + Math.log(exponentials) - logits[targets[i]];
    }
    return sum / inputs.length;
  }

  /** The gradient of the cross-entropy: softmax minus the target. */
  private static UnaryOperator<double[]> crossEntropy(int target) {
    return logits -> {
      double largest = Arrays.stream(logits).max().orElseThrow();
      double[] gradient = Arrays.stream(logits).map(y -> Math.exp(y - largest)).toArray();
      double sum = Arrays.stream(gradient).sum();
      for (int k = 0; k < gradient.length; k++) {
        gradient[k] = gradient[k] / sum - (k == target ? 1 : 0);
      }
      return gradient;
    };
  }

  /** {@link #VALUES}, and the median of right over left of each layer. */
  private double[] look(List<PenaltyBound.Layer> layers, double loss, long epochs) {
    double[] inputSquares = new double[examples];
    double[] parameterSquares = new double[examples];
    double[] left = new double[examples];
    double[] ratios = new double[examples];
    double[][] layerRatios = new double[layers.size()][examples];
    double[] mean = new double[0];
    int violations = 0;
    for (int i = 0; i < examples; i++) {
      UnaryOperator<double[]> lossGradient = crossEntropy(targets[i]);
      PenaltyBound bound = PenaltyBound.of(layers, inputs[i], lossGradient);
      violations += bound.holds(RELATIVE) ? 0 : 1;
      inputSquares[i] = bound.inputSquare();
      parameterSquares[i] = bound.right();
      left[i] = bound.left();
      ratios[i] = bound.right() / bound.left();
      for (int t = 0; t < layers.size(); t++) {
        layerRatios[t][i] = bound.parameterSquares()[t] / (bound.inputSquare() * bound.terms()[t]);
      }
      double[] gradient = PenaltyBound.parameterGradient(layers, inputs[i], lossGradient);
      mean = mean.length == 0 ? new double[gradient.length] : mean;
      for (int k = 0; k < mean.length; k++) {
        mean[k] += gradient[k] / examples;
      }
    }
    List<Double> values = new ArrayList<>();
    values.add(loss);
    values.add((double) epochs);
    values.add((double) violations);
    values.add(new PearsonsCorrelation().correlation(logs(inputSquares), logs(parameterSquares)));
    values.add(StatUtils.min(ratios));
    values.add(StatUtils.percentile(ratios, 50));
    values.add(StatUtils.mean(inputSquares));
    values.add(StatUtils.mean(parameterSquares));
    values.add(StatUtils.mean(left) / StatUtils.sumSq(mean));
    for (double[] layer : layerRatios) {
      values.add(StatUtils.percentile(layer, 50));
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double[] logs(double[] values) {
    return Arrays.stream(values).map(Math::log).toArray();
  }
}
