package org.normfree.core.golden;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.optim.AdaptiveAdamW;
import org.normfree.core.optim.AdaptiveSgd;
import org.normfree.core.optim.ExponentiatedGradient;
import org.normfree.core.optim.Optimizer;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.StepAdaptation;
import org.normfree.core.optim.StepAdaptation.Kind;

/** Cases of optimizers on {@code ½ Σ a θ²}, whole sequences of their states. */
final class StepsGolden {
  private StepsGolden() {}

  static void register(GoldenFolder folder) {
    folder
        .kind("eg_nonnegative", StepsGolden::exponentiated)
        .kind("eg_gain_sgd", golden -> adaptive(golden, gain(golden), 0))
        .kind("eg_funnel", StepsGolden::funnel)
        .kind("eg_adam", StepsGolden::adam)
        .kind("hypergradient_sgd", StepsGolden::hypergradient);
  }

  /** A row of a sequence in full precision, in the case's type. */
  private static INDArray row(GoldenCase golden, String path, long step) {
    return golden.tensor(path).get(NDArrayIndex.point(step)).dup('c');
  }

  private static List<ParameterGroup> groups() {
    return List.of(new ParameterGroup(List.of("theta"), 0, 1));
  }

  private static Map<String, INDArray> single(INDArray array) {
    Map<String, INDArray> map = new LinkedHashMap<>();
    map.put("theta", array);
    return map;
  }

  private static void exponentiated(GoldenCase golden) {
    INDArray a = golden.tensor("a");
    INDArray c = golden.tensor("c");
    INDArray theta = row(golden, "theta", 0);
    Optimizer optimizer = new ExponentiatedGradient(single(theta), groups());
    Sequence thetas = new Sequence(theta);
    double[] losses = new double[(int) golden.shape("loss")[0]];
    for (int step = 0; step < losses.length; step++) {
      INDArray off = theta.sub(c);
      losses[step] = a.mul(off).mul(off).sumNumber().doubleValue() / 2;
      optimizer.step(golden.number("eta"), single(a.mul(off)));
      thetas.add(theta);
    }
    golden.compare("theta", thetas.all());
    golden.compareNumbers("loss", losses);
  }

  private static StepAdaptation gain(GoldenCase golden) {
    return new StepAdaptation(Kind.GAIN, false, golden.number("gamma"), 0, 0);
  }

  private static void adaptive(GoldenCase golden, StepAdaptation adaptation, double momentum) {
    INDArray a = golden.tensor("a");
    INDArray theta = row(golden, "theta", 0);
    AdaptiveSgd optimizer = new AdaptiveSgd(single(theta), groups(), momentum, adaptation);
    Sequence thetas = new Sequence(theta);
    Sequence gains = new Sequence(theta.like().addi(1));
    Sequence h = new Sequence(theta.like());
    double[] scales = new double[(int) golden.shape("theta")[0]];
    scales[0] = 1;
    for (int step = 1; step < scales.length; step++) {
      optimizer.step(golden.number("eta"), single(a.mul(theta)));
      thetas.add(theta);
      gains.add(optimizer.state().get("gain.theta"));
      h.add(optimizer.state().get("momentum_buffer.theta"));
      scales[step] = optimizer.scale();
    }
    golden.compare("theta", thetas.all());
    golden.compare("gain", gains.all());
    if (golden.has("scale")) {
      golden.compareNumbers("scale", scales);
      golden.compare("h", h.all());
    }
  }

  private static void funnel(GoldenCase golden) {
    StepAdaptation adaptation =
        new StepAdaptation(
            Kind.BOTH,
            golden.flag("normalized"),
            golden.number("gainRate"),
            golden.number("scaleRate"),
            golden.number("averageDecay"));
    adaptive(golden, adaptation, golden.number("momentum"));
  }

  private static void adam(GoldenCase golden) {
    INDArray a = golden.tensor("a");
    INDArray theta = row(golden, "theta", 0);
    AdaptiveAdamW optimizer =
        new AdaptiveAdamW(
            single(theta),
            groups(),
            golden.number("beta1"),
            golden.number("beta2"),
            golden.number("epsilon"),
            new StepAdaptation(
                Kind.BOTH, true, golden.number("gainRate"), golden.number("scaleRate"), 0));
    Sequence thetas = new Sequence(theta);
    Sequence gains = new Sequence(theta.like().addi(1));
    double[] scales = new double[(int) golden.shape("theta")[0]];
    scales[0] = 1;
    for (int step = 1; step < scales.length; step++) {
      optimizer.step(golden.number("eta"), single(a.mul(theta)));
      thetas.add(theta);
      gains.add(optimizer.state().get("gain.theta"));
      scales[step] = optimizer.scale();
    }
    golden.compare("theta", thetas.all());
    golden.compare("gain", gains.all());
    golden.compareNumbers("scale", scales);
  }

  private static void hypergradient(GoldenCase golden) {
    INDArray a = golden.tensor("a");
    INDArray theta = row(golden, "theta", 0);
    AdaptiveSgd optimizer =
        new AdaptiveSgd(
            single(theta),
            groups(),
            0,
            new StepAdaptation(Kind.HYPERGRADIENT, false, 0, golden.number("beta"), 0));
    Sequence thetas = new Sequence(theta);
    double[] rates = new double[(int) golden.shape("theta")[0]];
    rates[0] = golden.number("eta");
    for (int step = 1; step < rates.length; step++) {
      optimizer.step(golden.number("eta"), single(a.mul(theta)));
      thetas.add(theta);
      rates[step] = golden.number("eta") + optimizer.scale();
    }
    golden.compare("theta", thetas.all());
    golden.compareNumbers("rate", rates);
  }

  /** Rows that are collected one by one. */
  private static final class Sequence {
    private final List<INDArray> rows = new java.util.ArrayList<>();

    Sequence(INDArray first) {
      add(first);
    }

    void add(INDArray row) {
      rows.add(row.castTo(DataType.DOUBLE).dup('c').reshape(1, row.length()));
    }

    INDArray all() {
      return Nd4j.concat(0, rows.toArray(INDArray[]::new));
    }
  }
}
