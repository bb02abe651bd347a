package org.normfree.core.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.FeedForward;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.GradientClipping;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.train.Trainer;

/**
 * Eighteen layers of encoder and eighteen of decoder learn, with each of the methods that were
 * added as rivals of DeepNorm and DyT, to count on from the source's first token. With Post-LN they
 * do not, whose loss stays where it is without the token before.
 */
class DeepRivalsTest {
  private static final int LAYERS = 18;
  private static final int TOKENS = 12;
  private static final int FIRST = 3;
  private static final int LENGTH = 5;
  private static final int BATCH = 16;
  private static final int STEPS = 90;

  /** What knowing how often a token comes is worth, and nothing else. */
  private static final double CHANCE = Math.log(TOKENS - FIRST);

  private static final TransformerConfig CONFIG =
      new TransformerConfig(
          TOKENS, 16, LAYERS, LAYERS, 2, 32, LENGTH + 1, FeedForward.RELU, true, 0, 0);

  /** Ends before the run does. */
  private static final MethodOptions OPTIONS =
      MethodOptions.DEFAULTS.withRamps(new MethodOptions.Ramps(2, 20, 20));

  private static Map<String, INDArray> batch(SplittableRandom random) {
    int[][] source = new int[BATCH][LENGTH];
    int[][] shifted = new int[BATCH][LENGTH];
    int[][] target = new int[BATCH][LENGTH];
    for (int i = 0; i < BATCH; i++) {
      Arrays.setAll(source[i], j -> FIRST + random.nextInt(TOKENS - FIRST));
      for (int j = 0; j < LENGTH; j++) {
        target[i][j] = FIRST + (source[i][0] - FIRST + j) % (TOKENS - FIRST);
        shifted[i][j] = j == 0 ? 1 : target[i][j - 1];
      }
    }
    Map<String, INDArray> values = new HashMap<>();
    values.put(Network.INPUT, Nd4j.createFromArray(source));
    values.put(Network.INPUT_MASK, Nd4j.ones(DataType.FLOAT, BATCH, LENGTH));
    values.put(Network.POSITIONS, Nd4j.createFromArray(IntStream.range(0, LENGTH).toArray()));
    values.put(Network.DECODER_INPUT, Nd4j.createFromArray(shifted));
    values.put(
        Network.DECODER_POSITIONS, Nd4j.createFromArray(IntStream.range(0, LENGTH).toArray()));
    values.put(Network.TARGETS, Nd4j.createFromArray(target));
    return values;
  }

  private static double[] losses(String method, int steps) {
    Network network = Transformer.build(CONFIG, Methods.create(method, OPTIONS), DataType.FLOAT, 3);
    Map<String, INDArray> parameters = Trainer.parameters(network);
    AdamW optimizer = new AdamW(parameters, ParameterGroup.byRank(parameters, 0, false));
    GradientClipping clipping = new GradientClipping(GradientClipping.Over.ALL);
    SplittableRandom random = new SplittableRandom(4);
    double[] losses = new double[steps];
    CompilerSettings settings =
        new CompilerSettings(1, Precision.FLOAT32, Kernels.standard(), network.moving(), false);
    try (GraphExecutor executor = new CompiledExecutor(network.graph(), settings)) {
      List<Network.State> moving =
          network.states().stream().filter(state -> state.next().isPresent()).toList();
      List<String> outputs = new ArrayList<>(List.of(Network.LOSS));
      moving.forEach(state -> outputs.add(state.next().orElseThrow()));
      for (int step = 0; step < steps; step++) {
        GraphExecutor.Pass pass = executor.gradients(batch(random), outputs);
        losses[step] = pass.outputs().get(Network.LOSS).getDouble(0);
        clipping.clip(pass.gradients(), 1);
        optimizer.step(3e-3 * Math.min(1, (step + 1) / 10.0), pass.gradients());
        for (Network.State state : moving) {
          network.array(state.name()).assign(pass.outputs().get(state.next().orElseThrow()));
        }
      }
    }
    return losses;
  }

  private static String rounded(double loss) {
    return String.format(Locale.ROOT, "%.2f", loss);
  }

  /** Mean of the last five. */
  private static double last(double[] losses) {
    return Arrays.stream(losses, losses.length - 5, losses.length).average().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "satursin",
        "arctan",
        "isru",
        "softsign",
        "bhyt",
        "see-d-norm",
        "peri-ln",
        "lns",
        "keel",
        "pro-res",
        "taper-norm",
        "span-norm",
        "siamese-norm",
        "block-attn-res",
        "hyper-connections",
        "hyper-connections-4"
      })
  void eighteenLayersLearn(String method) {
    double[] losses = losses(method, STEPS);
    System.out.println("18 + 18 layers, %s: %s".formatted(method, rounded(last(losses))));
    assertThat(last(losses)).as("%s, from %s", method, losses[0]).isLessThan(0.7 * CHANCE);
  }

  /** Its first five layers are Post-LN: it takes twice as long to begin. */
  @Test
  void mixLnLearnsLater() {
    double last = last(losses("mix-ln", 240));
    System.out.println("18 + 18 layers, mix-ln, 240 steps: " + rounded(last));
    assertThat(last).isLessThan(0.7 * CHANCE);
  }

  @Test
  void postLnDoesNotLearn() {
    assertThat(last(losses("post-ln", 240))).isGreaterThan(0.95 * CHANCE);
  }
}
