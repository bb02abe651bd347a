package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.linear.MatrixUtils;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Rng;
import org.normfree.core.optim.Fisher;
import org.normfree.core.optim.MaskMoments;
import org.normfree.core.optim.MaskedSteps;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.Sgd;
import org.normfree.core.probe.PenaltyBound;

/** Cases of masked gradients, gradient penalties and truncated normal numbers. */
final class MaskGolden {
  private MaskGolden() {}

  static void register(GoldenFolder folder) {
    folder
        .kind("child_f", MaskGolden::random)
        .kind("child_d", MaskGolden::fixed)
        .kind("fisher", MaskGolden::fisher)
        .kind("child_moments", MaskGolden::moments)
        .kind("gradient_penalty", MaskGolden::penalty)
        .kind("truncated_normal", MaskGolden::truncated);
  }

  /** What a fixed mask, divided by p, makes of a gradient: the step that SGD takes with it. */
  private static void random(GoldenCase golden) {
    INDArray gradient = golden.tensor("gradient");
    INDArray mask = golden.tensor("mask").div(golden.number("p"));
    golden.compare("masked", stepWith(gradient, mask).neg());
  }

  private static INDArray stepWith(INDArray gradient, INDArray mask) {
    INDArray theta = gradient.like();
    Map<String, INDArray> parameters = Map.of("theta", theta);
    Sgd sgd = new Sgd(parameters, List.of(new ParameterGroup(List.of("theta"), 0, 1)), 0);
    Map<String, INDArray> gradients = new LinkedHashMap<>(Map.of("theta", gradient.dup()));
    MaskedSteps.fixedGradients(sgd, Map.of("theta", mask)).step(1, gradients);
    return theta;
  }

  private static void fixed(GoldenCase golden) {
    double[] fisher = golden.numbers("fisher");
    double p = golden.number("p");
    golden.compareNumbers("threshold", Fisher.threshold(fisher, p));
    INDArray mask =
        Fisher.largest(Map.of("theta", Nd4j.createFromArray(fisher)), p, golden.type())
            .get("theta");
    golden.compare("mask", mask);
    golden.compareNumbers("kept", mask.sumNumber().doubleValue());
  }

  private static void fisher(GoldenCase golden) {
    INDArray examples = golden.tensor("exampleGradients");
    golden.compare("perExample", fisher(examples, 1));
    for (String name : golden.names("")) {
      if (name.startsWith("perBatchOf")) {
        golden.compare(name, fisher(examples, Integer.parseInt(name.substring(10))));
      }
    }
  }

  private static INDArray fisher(INDArray examples, int batch) {
    Fisher fisher = new Fisher();
    for (int i = 0; i + batch <= examples.rows(); i += batch) {
      INDArray rows = examples.get(NDArrayIndex.interval(i, i + batch), NDArrayIndex.all());
      fisher.add(Map.of("theta", rows.mean(0)));
    }
    return fisher.mean().get("theta");
  }

  private static void moments(GoldenCase golden) {
    MaskMoments moments =
        new MaskMoments(golden.number("mu"), golden.number("sigma"), golden.number("p"));
    double beta1 = golden.number("beta1");
    golden.compareNumbers("mean", moments.mean());
    golden.compareNumbers("variance", moments.variance());
    golden.compareNumbers("secondMoment", moments.secondMoment());
    golden.compareNumbers("adamMeanStep", moments.adamMeanStep());
    golden.compareNumbers("adamRmsStep", moments.adamRmsStep(beta1));
    golden.compareNumbers("adamRmsRatio", moments.adamRmsRatio(beta1));
    golden.compareNumbers("sqrtP", Math.sqrt(golden.number("p")));
    if (moments.mu() == 0) {
      golden.ignore("adamMeanRatio");
      assertThat(moments.adamMeanRatio()).isNaN();
    } else {
      golden.compareNumbers("adamMeanRatio", moments.adamMeanRatio());
    }
  }

  private static void penalty(GoldenCase golden) {
    golden.ignore("sizes");
    List<PenaltyBound.Layer> layers = new ArrayList<>();
    List<String> activations = golden.texts("activations");
    for (int t = 0; t < activations.size(); t++) {
      layers.add(
          new PenaltyBound.Layer(
              MatrixUtils.createRealMatrix(
                  Nd4j.createFromArray(golden.numbers("weights/" + t))
                      .reshape(golden.shape("weights/" + t))
                      .toDoubleMatrix()),
              golden.numbers("biases/" + t),
              PenaltyBound.Activation.valueOf(
                  activations.get(t).toUpperCase(java.util.Locale.ROOT))));
    }
    double[] target = golden.numbers("target");
    double[] input = golden.numbers("input");
    double[] output = PenaltyBound.output(layers, input);
    double loss = 0;
    for (int i = 0; i < target.length; i++) {
      loss += (output[i] - target[i]) * (output[i] - target[i]) / 2;
    }
    PenaltyBound bound =
        PenaltyBound.of(
            layers,
            input,
            y -> {
              double[] gradient = y.clone();
              for (int i = 0; i < gradient.length; i++) {
                gradient[i] -= target[i];
              }
              return gradient;
            });
    golden.compareNumbers("loss", loss);
    golden.compareNumbers("inputGradient", bound.inputGradient());
    golden.compareNumbers("inputGradientNorm2", bound.inputSquare());
    golden.compareNumbers("parameterGradientNorm2", bound.parameterSquares());
    golden.compareNumbers("terms", bound.terms());
    golden.compareNumbers("termsFrobenius", bound.frobeniusTerms());
    golden.compareNumbers("weightSpectral", bound.weightNorms());
    golden.compareNumbers("jacobianSpectral", bound.jacobianNorms());
    golden.compareNumbers("hiddenNorm2", bound.hiddenSquares());
    golden.compareNumbers("left", bound.left());
    golden.compareNumbers("right", bound.right());
    assertThat(bound.holds(1e-9)).isTrue();
  }

  private static void truncated(GoldenCase golden) {
    double cut = golden.number("cut");
    double factor = Initializer.truncation(cut);
    golden.compareNumbers("factor", factor);
    golden.compareNumbers("inverse", 1 / factor);
    golden.compareNumbers("real", 0.02 * factor);
    golden.compareNumbers("toReach", 0.02 / factor);
    double[] drawn =
        Initializer.truncatedNormalAt(cut, 1).draw(new long[] {200_000}, Rng.of(1, "golden", 0));
    double square = Nd4j.createFromArray(drawn).castTo(DataType.DOUBLE).norm2Number().doubleValue();
    assertThat(square / Math.sqrt(drawn.length)).isCloseTo(factor, within(0.01 * factor));
  }
}
