package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.nn.Rng;
import org.normfree.core.optim.weighting.CaGrad;
import org.normfree.core.optim.weighting.Equal;
import org.normfree.core.optim.weighting.GeometricMean;
import org.normfree.core.optim.weighting.ImtlG;
import org.normfree.core.optim.weighting.InverseLoss;
import org.normfree.core.optim.weighting.MinimumNorm;
import org.normfree.core.optim.weighting.NashBargaining;
import org.normfree.core.optim.weighting.PcGrad;
import org.normfree.core.optim.weighting.PrimarySecondary;
import org.normfree.core.optim.weighting.PriorLoss;
import org.normfree.core.optim.weighting.UnitGradients;
import org.normfree.core.optim.weighting.UpGrad;
import org.normfree.core.optim.weighting.Weighting;

/** Cases of several losses at once: weights and directions of each rule. */
final class WeightingGolden {
  private static final double STATIONARY = 1e-8;

  private WeightingGolden() {}

  static void register(GoldenFolder folder) {
    folder
        .kind("mgda", WeightingGolden::minimumNorm)
        .kind("mgda_normalized", WeightingGolden::normalized)
        .kind("pcgrad", WeightingGolden::pcGrad)
        .kind("primary_secondary", WeightingGolden::primarySecondary)
        .kind("cagrad", WeightingGolden::caGrad)
        .kind("nash", golden -> weights(golden, new NashBargaining(), 1e-9))
        .kind("imtl_g", golden -> weights(golden, new ImtlG(), 1e-9))
        .kind("upgrad", golden -> direction(golden, new UpGrad(), 1e-10))
        .kind("loss_weights", WeightingGolden::lossWeights);
  }

  /**
   * Gradients, one a row, in double precision whatever the case's type: the rules know no other.
   */
  private record Gradients(INDArray rows) {
    static Gradients of(GoldenCase golden, String path) {
      return new Gradients(golden.tensor(path).castTo(DataType.DOUBLE));
    }

    double[][] gram() {
      return rows.mmul(rows.transpose()).toDoubleMatrix();
    }

    INDArray combined(double... weights) {
      INDArray sum = Nd4j.zeros(DataType.DOUBLE, rows.size(1));
      for (int i = 0; i < weights.length; i++) {
        sum.addi(rows.getRow(i).mul(weights[i]));
      }
      return sum;
    }

    double[] weights(Weighting rule) {
      return rule.weights(new double[rows.rows()], gram(), Rng.of(1, "golden", 0));
    }

    /** Inner products with a direction. */
    double[] inner(INDArray direction) {
      return rows.mmul(direction.reshape(direction.length(), 1)).toDoubleVector();
    }
  }

  private static void minimumNorm(GoldenCase golden) {
    golden.text("case");
    Gradients gradients = Gradients.of(golden, "gradients");
    double[] weights = gradients.weights(new MinimumNorm(false));
    INDArray direction = gradients.combined(weights);
    double size = gradients.rows.norm2Number().doubleValue();
    if (golden.flag("weightsUnique")) {
      golden.compare("weights", Nd4j.createFromArray(weights), 1e-9);
    } else {
      golden.ignore("weights");
      assertThat(direction.norm2Number().doubleValue()).isLessThan(STATIONARY * size);
    }
    golden.compare("direction", direction, 1e-9, size);
    golden.compare("norm2", direction.mul(direction).sum(), 1e-9, size * size);
    golden.compare("inner", Nd4j.createFromArray(gradients.inner(direction)), 1e-9, size * size);
  }

  private static void normalized(GoldenCase golden) {
    Gradients gradients = Gradients.of(golden, "gradients");
    double[] weights = gradients.weights(new MinimumNorm(true));
    double[] units = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      units[i] = weights[i] * gradients.rows.getRow(i).norm2Number().doubleValue();
    }
    golden.compare("weightsOfUnitGradients", Nd4j.createFromArray(units), 1e-9);
    INDArray direction = gradients.combined(weights);
    golden.compare("direction", direction, 1e-9);
    golden.compare("norm2", direction.mul(direction).sum(), 1e-9);
  }

  private static void pcGrad(GoldenCase golden) {
    Gradients gradients = Gradients.of(golden, "gradients");
    int tasks = gradients.rows.rows();
    INDArray coefficients = Nd4j.create(DataType.DOUBLE, tasks, tasks);
    INDArray projected = gradients.rows.like();
    for (int i = 0; i < tasks; i++) {
      double[] own = PcGrad.projected(gradients.gram(), i, golden.integers("orders/" + i));
      coefficients.putRow(i, Nd4j.createFromArray(own));
      projected.putRow(i, gradients.combined(own));
    }
    golden.compare("coefficients", coefficients, 1e-10);
    golden.compare("projected", projected, 1e-10);
    golden.compare("sum", projected.sum(0), 1e-10);
    golden.compare("mean", projected.mean(0), 1e-10);
    if (tasks == 2) {
      // one order alone: the rule itself
      golden.compare("sum", gradients.combined(gradients.weights(new PcGrad())), 1e-10);
    }
  }

  private static void primarySecondary(GoldenCase golden) {
    INDArray main = golden.tensor("main").castTo(DataType.DOUBLE);
    INDArray auxiliaries = golden.tensor("auxiliaries").castTo(DataType.DOUBLE);
    Gradients gradients =
        new Gradients(Nd4j.concat(0, main.reshape(1, main.length()), auxiliaries));
    double[] weights = gradients.weights(new PrimarySecondary());
    INDArray direction = gradients.combined(weights);
    double[] inner = gradients.inner(direction);
    double size = gradients.rows.norm2Number().doubleValue();
    golden.compare(
        "multipliers", Nd4j.createFromArray(Arrays.copyOfRange(weights, 1, weights.length)), 1e-9);
    golden.compare("direction", direction, 1e-9);
    golden.compare(
        "inner",
        Nd4j.createFromArray(Arrays.copyOfRange(inner, 1, inner.length)),
        1e-9,
        size * size);
    golden.compareNumbers("innerMain", inner[0]);
  }

  private static void caGrad(GoldenCase golden) {
    Gradients gradients = Gradients.of(golden, "gradients");
    double c = golden.number("c");
    double[] worst = new CaGrad(c, CaGrad.Rescale.NONE).worst(gradients.gram());
    golden.compare("weights", Nd4j.createFromArray(worst), 1e-8);
    golden.compare("mean", gradients.rows.mean(0), 1e-12);
    INDArray direction = gradients.combined(gradients.weights(new CaGrad(c, CaGrad.Rescale.NONE)));
    golden.compare("direction", direction, 1e-8);
    double lowest = Arrays.stream(gradients.inner(direction)).min().orElseThrow();
    golden.compare("worst", Nd4j.createFromArray(lowest), 1e-8);
    golden.compare(
        "rescale1",
        gradients.combined(gradients.weights(new CaGrad(c, CaGrad.Rescale.SQUARE))),
        1e-8);
    golden.compare(
        "rescale2",
        gradients.combined(gradients.weights(new CaGrad(c, CaGrad.Rescale.PLAIN))),
        1e-8);
  }

  private static void weights(GoldenCase golden, Weighting rule, double tolerance) {
    Gradients gradients = Gradients.of(golden, "gradients");
    golden.compare("weights", Nd4j.createFromArray(gradients.weights(rule)), tolerance);
    golden.compare("direction", gradients.combined(gradients.weights(rule)), tolerance);
  }

  private static void direction(GoldenCase golden, Weighting rule, double tolerance) {
    Gradients gradients = Gradients.of(golden, "gradients");
    golden.compare("direction", gradients.combined(gradients.weights(rule)), tolerance);
  }

  private static void lossWeights(GoldenCase golden) {
    double[] losses = golden.numbers("losses");
    Gradients gradients = Gradients.of(golden, "gradients");
    Rng none = Rng.of(1, "golden", 0);
    double[] equal = new Equal().weights(losses, gradients.gram(), none);
    double[] inverse = new GeometricMean().weights(losses, gradients.gram(), none);
    double[] unit = new UnitGradients().weights(losses, gradients.gram(), none);
    golden.compareNumbers("equal", equal);
    golden.compareNumbers("inverseLoss", inverse);
    golden.compareNumbers("inverseGradientNorm", unit);
    golden.compareNumbers(
        "inverseLoss", InverseLoss.initial(losses).weights(losses, gradients.gram(), none));
    double logs = Arrays.stream(losses).map(Math::log).sum();
    golden.compareNumbers("sumLog", logs);
    golden.compareNumbers("geometricMean", Math.exp(logs / losses.length));
    golden.compare("directionEqual", gradients.combined(equal));
    golden.compare("directionInverseLoss", gradients.combined(inverse));
    golden.compare("directionUnit", gradients.combined(unit));
    golden.compareNumbers(
        "initialCrossEntropy",
        Arrays.stream(golden.integers("classes")).mapToDouble(PriorLoss::crossEntropy).toArray());
    golden.compareNumbers("priorEntropy", PriorLoss.crossEntropy(golden.numbers("prior")));
    golden.compareNumbers("initialSquared", PriorLoss.squaredOfZero(golden.numbers("target")));
    golden.compareNumbers("priorSquared", PriorLoss.squaredOfMean(golden.numbers("target")));
  }
}
