package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.hipparchus.special.Erf;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.method.DeepNormCoefficients;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.method.Stack;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.Layers;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Rng;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Truncation;
import org.normfree.core.probe.Rms;

/**
 * An encoder at its start on normal inputs of size 1: 64 channels, 4 heads, 256 hidden units with
 * GELU, 16 tokens, 8 sequences, ten classes; weights in branches truncated normal. With s their
 * deviation and d the width, a feed-forward branch's output has the deviation {@code 2s√d·rms
 * gelu(N(0, s²d))} where its input has 1. A branch f leaves of a stream x the share {@code
 * α·std(x)/std(α·x + f)} as it was; the product of all shares is the cosine of the last stream and
 * the first as long as branches point in directions of their own. Source: kexue.fm/archives/8747.
 */
final class EncoderStart {
  static final String POST_LN = "post-ln";
  static final String PRE_LN = "pre-ln";
  static final String DEEP_NORM = "deepnorm";

  /** The methods whose shares are known. */
  static final List<String> METHODS = List.of(POST_LN, PRE_LN, DEEP_NORM);

  private static final int WIDTH = 64;
  private static final int HEADS = 4;
  private static final int HIDDEN = 4 * WIDTH;
  private static final int TOKENS = 16;
  private static final int SAMPLES = 8;
  private static final int CLASSES = 10;

  private final String method;
  private final double std;
  private final Truncation truncation;
  private final int depth;
  private final DeepNormCoefficients coefficients;
  private final Network network;
  private final INDArray input;
  private final INDArray labels;

  /**
   * @param method one of {@link #METHODS}
   * @param scale s√d, with s the deviation before anything is cut off
   * @param truncation where it is cut off
   * @param depth layers
   * @param seed of weights and inputs
   */
  EncoderStart(String method, double scale, Truncation truncation, int depth, long seed) {
    this.method = method;
    this.std = scale / Math.sqrt((double) WIDTH);
    this.truncation = truncation;
    this.depth = depth;
    Stack stack = Stack.encoderOnly(depth);
    coefficients =
        method.equals(DEEP_NORM) ? DeepNormCoefficients.of(stack) : new DeepNormCoefficients(1, 1);
    Method chosen = Methods.create(method, MethodOptions.DEFAULTS);
    network = Scope.build(DataType.FLOAT, seed, root -> declare(root, chosen, stack));
    Rng random = Rng.of(seed, "samples", 0);
    double[] x = new double[SAMPLES * TOKENS * WIDTH];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.gaussian();
    }
    input = Nd4j.createFromArray(x).castTo(DataType.FLOAT).reshape(SAMPLES, TOKENS, WIDTH);
    labels = Nd4j.zeros(DataType.FLOAT, SAMPLES, CLASSES);
    for (int i = 0; i < SAMPLES; i++) {
      labels.putScalar(i, random.below(CLASSES), 1);
    }
  }

  private void declare(Scope root, Method chosen, Stack stack) {
    SameDiff sd = root.graph();
    Layers layers =
        new Layers(chosen, stack, WIDTH, HEADS, HIDDEN, FeedForward.GELU, true)
            .from(
                kind ->
                    kind == WeightRole.Kind.HEAD
                        ? Optional.empty()
                        : Optional.of(Start.chosen(truncation.of(std))));
    SDVariable x = sd.placeHolder(Network.INPUT, root.type(), -1, TOKENS, WIDTH);
    for (int block = 0; block < depth; block++) {
      x = layers.encoderBlock(root.child("block" + block), block, x, 0);
    }
    SDVariable features = layers.last(root.child("norm"), x.mean(1));
    SDVariable head =
        chosen.linear(
            root.child("head"), layers.role(WeightRole.Kind.HEAD, 0), features, WIDTH, CLASSES);
    SDVariable logits = sd.updateVariableNameAndReference(head, Network.LOGITS);
    SDVariable targets = sd.placeHolder(Network.LABELS, root.type(), -1, CLASSES);
    root.ops().softmaxCrossEntropy("losses", logits, targets).mean(Network.LOSS);
    root.objective(Objective.classification(Network.LOSS));
  }

  /**
   * Measures.
   *
   * @return by name: {@code std_attention} and {@code std_ffn}, deviations of branches in the mean
   *     over layers; {@code std_ffn_error}, the latter's deviation from the formula in percent;
   *     {@code share_product}, {@code share_cosine} and their distance {@code share_gap}; {@code
   *     weight_std_error}, the deviation of the queries' weights from what the truncation leaves,
   *     in percent; {@code gradient_ratio}, the norm of the first layer's gradients over that of
   *     the last; {@code gradient_norm} of each kind of weight; {@code output_change} of Adam's
   *     first step over its rate
   */
  Map<String, Double> measure() {
    Map<String, Double> values = new TreeMap<>();
    Map<String, INDArray> inputs = Map.of(Network.INPUT, input, Network.LABELS, labels);
    try (FirstSteps steps = new FirstSteps(network, inputs, true)) {
      branches(steps, values);
      gradients(steps.gradients(), values);
      values.put("output_change", steps.changes(FirstSteps.Change::output).get("adam"));
    }
    values.put("weight_std_error", weightError());
    return values;
  }

  private void branches(FirstSteps steps, Map<String, Double> values) {
    List<String> outputs = new ArrayList<>();
    for (int block = 0; block < depth; block++) {
      outputs.add("block" + block + ".attention.out.output");
      outputs.add("block" + block + ".ffn.fc2.output");
    }
    List<String> streams =
        method.equals(PRE_LN)
            ? List.of()
            : network.norms().stream().map(Network.NormPoint::output).toList();
    List<String> names = new ArrayList<>(outputs);
    names.addAll(streams);
    Map<String, INDArray> seen = steps.outputs(names);
    INDArray x = input;
    double product = 1;
    double[] sums = new double[2];
    for (int l = 0; l < outputs.size(); l++) {
      INDArray f = seen.get(outputs.get(l));
      sums[l % 2] += Rms.of(f) / depth;
      INDArray sum = x.mul(coefficients.alpha()).addi(f);
      product *= coefficients.alpha() * Rms.of(x) / Rms.of(sum);
      x = method.equals(PRE_LN) ? sum : seen.get(streams.get(l));
    }
    double elements = (double) x.length();
    double cosine = x.mul(input).sumNumber().doubleValue() / (elements * Rms.of(x) * Rms.of(input));
    double size = coefficients.beta() * truncation.deviation(std) * Math.sqrt((double) WIDTH);
    values.put("std_attention", sums[0]);
    values.put("std_ffn", sums[1]);
    values.put("std_ffn_error", 100 * Math.abs(sums[1] / feedForward(size) - 1));
    values.put("share_product", product);
    values.put("share_cosine", cosine);
    values.put("share_gap", Math.abs(product - cosine));
  }

  /** {@code 2s√d·rms gelu(N(0, s²d))} for s√d, with a hidden layer of 4d. */
  static double feedForward(double scale) {
    double sum = 0;
    double weights = 0;
    for (double z = -8; z <= 8; z += 1.0 / 256) {
      double weight = Math.exp(-z * z / 2);
      double u = scale * z;
      double gelu = u * (1 + Erf.erf(u / Math.sqrt(2))) / 2;
      sum += weight * gelu * gelu;
      weights += weight;
    }
    return 2 * scale * Math.sqrt(sum / weights);
  }

  private void gradients(Map<String, INDArray> gradients, Map<String, Double> values) {
    Map<String, Double> squares = new LinkedHashMap<>();
    double[] layers = new double[depth];
    gradients.forEach(
        (name, gradient) -> {
          String[] place = name.split("\\.", -1);
          if (place[0].startsWith("block") && name.endsWith(".weight")) {
            double norm = gradient.norm2Number().doubleValue();
            layers[Integer.parseInt(place[0].substring("block".length()))] += norm * norm;
            squares.merge(place[2], norm * norm, Double::sum);
          }
        });
    squares.forEach((kind, square) -> values.put("gradient_norm " + kind, Math.sqrt(square)));
    values.put("gradient_ratio", Math.sqrt(layers[0] / layers[depth - 1]));
  }

  private double weightError() {
    double square = 0;
    for (int block = 0; block < depth; block++) {
      double size = Rms.of(network.array("block" + block + ".attention.query.weight"));
      square += size * size / depth;
    }
    return 100 * Math.abs(Math.sqrt(square) / truncation.deviation(std) - 1);
  }
}
