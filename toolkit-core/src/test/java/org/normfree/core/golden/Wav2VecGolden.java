package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.op.Ops;

/** Cases of {@code wav2vec.json.gz}. */
final class Wav2VecGolden {
  /** [batch, channels, length] as [batch, length, channels], and back. */
  private static final int[] LAST = {0, 2, 1};

  /** [out, in/groups, k] as [k, in/groups, out]. */
  private static final int[] KERNEL = {2, 1, 0};

  private Wav2VecGolden() {}

  static void register(GoldenFolder folder) {
    folder
        .kind("conv_pos", Wav2VecGolden::positions)
        .kind("feature_encoder", Wav2VecGolden::encoder)
        .kind("group_norm", Wav2VecGolden::groupNorm)
        .kind("gumbel_quantiser", Wav2VecGolden::quantizer)
        .kind("contrastive", Wav2VecGolden::contrastive)
        .kind("ctc", Wav2VecGolden::ctc);
  }

  /** A gain per kernel position; of an even kernel the last frame is not computed. */
  private static void positions(GoldenCase golden) {
    int kernel = golden.integer("kernel");
    GoldenOp op =
        new GoldenOp(golden)
            .input("x", LAST)
            .parameter("0.bias")
            .parameter("0.weight_g")
            .parameter("0.weight_v", KERNEL);
    Ops ops = op.ops();
    SDVariable gains = op.get("0.weight_g").reshape(kernel);
    SDVariable weight = ops.weightNorm(null, op.get("0.weight_v"), gains, 0);
    ConvolutionTerms terms =
        ConvolutionTerms.sequence(kernel)
            .padding(kernel / 2, (kernel - 1) / 2)
            .groups(golden.integer("groups"));
    SDVariable y = ops.convolution1d(null, op.get("x"), weight, op.get("0.bias"), terms);
    op.check("y", ops.gelu(null, y).permute(LAST));
  }

  private static void encoder(GoldenCase golden) {
    boolean grouped = golden.text("mode").equals("default");
    double epsilon = golden.number("epsilon");
    GoldenOp op = new GoldenOp(golden).input("x");
    Ops ops = op.ops();
    long[] wave = golden.shape("x");
    SDVariable y = op.get("x").reshape(wave[0], wave[1], 1);
    for (int i = 0; i < golden.size("layers"); i++) {
      int[] layer = golden.integers("layers/" + i);
      String name = "conv_layers." + i;
      String norm = name + (grouped ? ".2" : ".2.1");
      op.parameter(name + ".0.weight", KERNEL)
          .parameter(name + ".0.bias")
          .parameter(norm + ".weight")
          .parameter(norm + ".bias");
      assertThat(op.get(name + ".0.bias") != null).isEqualTo(golden.flag("convBias"));
      ConvolutionTerms terms = ConvolutionTerms.sequence(layer[1]).stride(layer[2]);
      y = ops.convolution1d(null, y, op.get(name + ".0.weight"), op.get(name + ".0.bias"), terms);
      SDVariable gain = op.get(norm + ".weight");
      SDVariable bias = op.get(norm + ".bias");
      if (!grouped) {
        y = ops.layerNorm(null, y, gain, bias, epsilon);
      } else if (i == 0) {
        y = ops.groupNorm(null, y, gain, bias, layer[0], epsilon);
      }
      y = ops.gelu(null, y);
    }
    op.check("y", y.permute(LAST));
  }

  private static void groupNorm(GoldenCase golden) {
    GoldenOp op = new GoldenOp(golden).input("x", LAST).parameter("weight").parameter("bias");
    SDVariable y =
        op.ops()
            .groupNorm(
                null,
                op.get("x"),
                op.get("weight"),
                op.get("bias"),
                golden.integer("groups"),
                golden.number("epsilon"));
    op.check("y", y.permute(LAST));
  }

  private static void quantizer(GoldenCase golden) {
    GoldenOp op =
        new GoldenOp(golden)
            .input("x")
            .parameter("vars")
            .parameter("weight_proj.weight", 1, 0)
            .parameter("weight_proj.bias");
    SameDiff sd = op.graph();
    Ops ops = op.ops();
    int groups = golden.integer("groups");
    long all = (long) groups * golden.integer("entries");
    SDVariable logits =
        ops.linear(null, op.get("x"), op.get("weight_proj.weight"), op.get("weight_proj.bias"));
    SDVariable entries = op.get("vars").reshape(all, golden.shape("parameters/vars")[2]);
    long[] shape = golden.shape("x");
    boolean training = golden.flag("training");
    double temperature = golden.number("temperature");
    SDVariable noise =
        training ? sd.constant(golden.tensor("noise").reshape(shape[0], shape[1], all)) : null;
    SDVariable tau =
        training ? sd.constant(Nd4j.createFromArray(temperature).castTo(golden.type())) : null;
    SDVariable[] chosen = ops.gumbelQuantizer(null, logits, entries, noise, tau, groups);
    SDVariable perplexity = ops.perplexity(null, chosen[2], groups);
    SDVariable diversity =
        perplexity.neg().add((double) all).mul(golden.number("diversityWeight") / all);
    SDVariable loss = op.weighted(chosen[0]).add(diversity);
    Map<String, SDVariable> outputs = new LinkedHashMap<>();
    outputs.put("y", chosen[0]);
    outputs.put("codes", chosen[1]);
    outputs.put("probPerplexity", perplexity);
    outputs.put("codePerplexity", ops.perplexity(null, chosen[3], groups));
    outputs.put("loss", loss);
    op.check(outputs, loss);
  }

  private static void contrastive(GoldenCase golden) {
    GoldenOp op = new GoldenOp(golden).input("x").input("targets");
    SameDiff sd = op.graph();
    SDVariable negatives = sd.constant(golden.tensor("negatives").castTo(DataType.INT32));
    SDVariable[] both =
        op.ops()
            .contrastiveLoss(
                null,
                op.get("x"),
                op.get("targets"),
                negatives,
                null,
                golden.number("temperature"));
    SDVariable loss = both[0].sum();
    op.check(Map.of("loss", loss), loss);
    double[] values = compareLogits(golden, both[1].eval(), 1 / golden.number("temperature"));
    countFound(golden, values, (int) both[1].eval().size(2));
  }

  /**
   * Compares logits in the official order, −∞ with what stands for it.
   *
   * @return them in that order
   */
  static double[] compareLogits(GoldenCase golden, INDArray logits, double largest) {
    INDArray official = logits.permute(2, 0, 1).dup('c').castTo(DataType.DOUBLE);
    double[] values = official.data().asDouble();
    double[] finite = Arrays.stream(values).map(x -> Double.isInfinite(x) ? -1e300 : x).toArray();
    double own = golden.type() == DataType.DOUBLE ? 1e-11 : 1e-4;
    INDArray all = Nd4j.createFromArray(finite).reshape(official.shape());
    golden.compare("logits", all, own, largest);
    return values;
  }

  /** Counts where the own target is found. */
  private static void countFound(GoldenCase golden, double[] values, int choices) {
    int rows = values.length / choices;
    int correct = 0;
    for (int row = 0; row < rows; row++) {
      List<Double> logits = new ArrayList<>();
      for (int k = row; k < values.length; k += rows) {
        logits.add(values[k]);
      }
      double first = logits.get(0);
      boolean largest = logits.stream().allMatch(x -> x <= first);
      boolean smallest = logits.stream().allMatch(x -> x >= first);
      correct += largest && !smallest ? 1 : 0;
    }
    golden.compareNumbers("correct", correct);
  }

  private static void ctc(GoldenCase golden) {
    assertThat(golden.flag("zeroInfinity")).isTrue();
    GoldenOp op = new GoldenOp(golden).input("logits", 1, 0, 2);
    int batch = golden.size("targets");
    int[][] targets = new int[batch][];
    for (int i = 0; i < batch; i++) {
      targets[i] = golden.integers("targets/" + i);
    }
    int longest = Arrays.stream(targets).mapToInt(t -> t.length).max().orElseThrow();
    int[] lengths = Arrays.stream(targets).mapToInt(t -> t.length).toArray();
    int[][] padded =
        Arrays.stream(targets).map(t -> Arrays.copyOf(t, longest)).toArray(int[][]::new);
    SameDiff sd = op.graph();
    SDVariable losses =
        op.ops()
            .ctcLoss(
                null,
                op.get("logits"),
                sd.constant(Nd4j.createFromArray(padded)),
                sd.constant(Nd4j.createFromArray(golden.integers("inputLengths"))),
                sd.constant(Nd4j.createFromArray(lengths)),
                golden.integer("blank"));
    SDVariable loss = losses.sum();
    op.check(Map.of("losses", losses, "loss", loss), loss);
  }
}
