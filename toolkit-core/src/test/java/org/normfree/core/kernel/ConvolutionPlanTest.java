package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.op.Ops;
import org.normfree.core.op.WindowAxis;

/** Convolutions and max-poolings of random kinds in compiled plans, for every choice of kernels. */
class ConvolutionPlanTest {
  private static final int CASES = 40;
  private final SplittableRandom random = new SplittableRandom(11);

  @ParameterizedTest
  @ValueSource(strings = {"auto", "java", "nd4j"})
  void agreeWithTheSession(String choice) {
    List<Kernel> kernels = Kernels.load(choice);
    for (int i = 0; i < CASES; i++) {
      boolean image = random.nextBoolean();
      long groups = new long[] {1, 2, 5}[random.nextInt(3)];
      long in = groups * (1 + random.nextInt(7));
      long out = groups * (1 + random.nextInt(7));
      long[] x = new long[image ? 4 : 3];
      x[0] = 1L + random.nextInt(5);
      x[x.length - 1] = in;
      List<WindowAxis> axes = new ArrayList<>();
      for (int axis = 1; axis < x.length - 1; axis++) {
        WindowAxis a = axis();
        axes.add(a);
        x[axis] = Math.max(1, a.reach() - a.before() - a.after()) + random.nextInt(17);
      }
      ConvolutionTerms terms = new ConvolutionTerms(axes, groups);
      boolean trained = random.nextBoolean();
      int threads = 1 + random.nextInt(3);
      compare(
          terms + " of " + Arrays.toString(x) + " to " + out + ", threads " + threads,
          graph(DataType.FLOAT, terms, out, trained, x),
          graph(DataType.DOUBLE, terms, out, trained, x),
          trained ? List.of("x", "weight", "bias") : List.of("weight", "bias"),
          new CompilerSettings(threads, Precision.FLOAT32, kernels, Set.of(), false));
    }
  }

  /** Sometimes one tap only, which is a linear map. */
  private WindowAxis axis() {
    return random.nextInt(3) == 0
        ? WindowAxis.of(1)
        : new WindowAxis(
            1L + random.nextInt(4),
            1L + random.nextInt(3),
            1L + random.nextInt(2),
            random.nextInt(4),
            random.nextInt(4));
  }

  private static INDArray numbers(long seed, DataType type, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return Nd4j.createFromArray(random.doubles(length, -1, 1).toArray())
        .reshape(shape)
        .castTo(type);
  }

  /** The convolution twice with the same weights, their product, a maximum. */
  private static SameDiff graph(
      DataType type, ConvolutionTerms terms, long out, boolean trained, long... x) {
    SameDiff sd = SameDiff.create();
    int axes = terms.axes().size();
    INDArray values = numbers(1, type, x);
    SDVariable in = trained ? sd.var("x", values) : sd.placeHolder("x", type, x);
    SDVariable weight = sd.var("weight", numbers(2, type, terms.weightShape(x[axes + 1], out)));
    SDVariable bias = sd.var("bias", numbers(3, type, out));
    SDVariable y = convolution(sd, in, weight, bias, terms);
    SDVariable z = convolution(sd, in.mul(0.5), weight, null, terms);
    SDVariable sum = y.mul(z).add(y);
    if (axes == 2) {
      WindowAxis two = WindowAxis.of(2).stride(2).padding(1);
      sum = Ops.of(sd).maxPool2d(null, sum, two, two);
    }
    sum.mul(sum).add(sum).sum("loss");
    sd.setLossVariables("loss");
    return sd;
  }

  private static SDVariable convolution(
      SameDiff sd, SDVariable x, SDVariable weight, SDVariable bias, ConvolutionTerms terms) {
    return terms.axes().size() == 1
        ? Ops.of(sd).convolution1d(null, x, weight, bias, terms)
        : Ops.of(sd).convolution2d(null, x, weight, bias, terms);
  }

  /** A value for x where it is given. */
  private static Map<String, INDArray> placeholders(SameDiff sd, int call) {
    SDVariable x = sd.getVariable("x");
    return x.isPlaceHolder()
        ? Map.of("x", numbers(5 + call, x.dataType(), x.getShape()))
        : Map.of();
  }

  private static void compare(
      String what, SameDiff narrow, SameDiff wide, List<String> names, CompilerSettings settings) {
    try (GraphExecutor compiled = new CompiledExecutor(narrow, settings);
        GraphExecutor stock = new StockExecutor(wide, List.of())) {
      for (int call = 0; call < 2; call++) {
        Map<String, INDArray> actual =
            compiled.gradients(placeholders(narrow, call), List.of()).gradients();
        Map<String, INDArray> expected =
            stock.gradients(placeholders(wide, call), List.of()).gradients();
        for (String name : names) {
          INDArray reference = expected.get(name);
          double scale = Math.max(reference.amaxNumber().doubleValue(), 1e-3);
          double difference =
              actual.get(name).castTo(DataType.DOUBLE).sub(reference).amaxNumber().doubleValue();
          assertThat(difference / scale)
              .as("%s: gradient of %s, call %d", what, name, call)
              .isLessThan(2e-5);
        }
        for (SameDiff graph : List.of(narrow, wide)) {
          graph.getArrForVarName("weight").muli(0.9);
        }
      }
    }
  }
}
