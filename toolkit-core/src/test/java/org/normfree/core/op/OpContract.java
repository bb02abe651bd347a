package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What every op must hold, checked for one op on given inputs: forward and each gradient against
 * the same function composed from SameDiff's own ops (1e-12 in DOUBLE, 1e-5 in FLOAT, relative) and
 * against central differences; that our gradient op is in the gradient graph; save and load; {@code
 * Nd4j.exec}; the refusal of a second derivative.
 *
 * @param inputs name to DOUBLE values; all are trainable variables of the graph
 * @param ours builds the op's first output
 * @param twin builds the same from SameDiff's ops
 * @param eager the op on arrays, in the order of {@code inputs}
 * @param gradientOp name of the gradient op
 */
record OpContract(
    Map<String, INDArray> inputs, Builder ours, Builder twin, Eager eager, String gradientOp) {
  interface Builder {
    SDVariable build(SameDiff sd, Map<String, SDVariable> inputs);
  }

  interface Eager {
    DynamicCustomOp of(List<INDArray> inputs);
  }

  /** Uniform values in [-range, range], DOUBLE. */
  static INDArray random(long seed, double range, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = random.doubles(length, -range, range).toArray();
    return Nd4j.createFromArray(values).reshape(shape);
  }

  static Map<String, INDArray> inputs(Object... namesAndArrays) {
    Map<String, INDArray> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndArrays.length; i += 2) {
      map.put((String) namesAndArrays[i], (INDArray) namesAndArrays[i + 1]);
    }
    return map;
  }

  void holds() throws IOException {
    Result reference = run(twin, DataType.DOUBLE);
    close("DOUBLE", run(ours, DataType.DOUBLE), reference, 1e-12);
    close("FLOAT", run(ours, DataType.FLOAT), reference, 1e-5);
    finiteDifferences();
    gradientOpIsOurs();
    savedAndLoaded();
    eagerAgrees();
    secondDerivativeIsRefused();
  }

  record Result(INDArray value, Map<String, INDArray> gradients) {}

  private SameDiff graph(Builder builder, DataType type) {
    SameDiff sd = SameDiff.create();
    Map<String, SDVariable> variables = new LinkedHashMap<>();
    inputs.forEach((name, array) -> variables.put(name, sd.var(name, array.castTo(type).dup())));
    // a doubling behind the op gives its output a name and its gradient a factor
    SDVariable y = builder.build(sd, variables).mul("y", 2);
    // the loss weights every element differently, so that no gradient error can cancel
    INDArray values = sd.outputSingle(Map.of(), y.name());
    SDVariable weights = sd.constant("weights", random(99, 1, values.shape()).castTo(type));
    y.mul(weights).sum("loss");
    sd.setLossVariables("loss");
    return sd;
  }

  private Result run(Builder builder, DataType type) {
    SameDiff sd = graph(builder, type);
    Map<String, INDArray> gradients =
        sd.calculateGradients(Map.of(), inputs.keySet().toArray(String[]::new));
    return new Result(sd.outputSingle(Map.of(), "y"), gradients);
  }

  private void close(String what, Result actual, Result expected, double tolerance) {
    assertClose(what + " forward", actual.value, expected.value, tolerance);
    inputs
        .keySet()
        .forEach(
            name ->
                assertClose(
                    what + " gradient of " + name,
                    actual.gradients.get(name),
                    expected.gradients.get(name),
                    tolerance));
  }

  /** Largest absolute difference, relative to the largest expected value. */
  static void assertClose(String what, INDArray actual, INDArray expected, double tolerance) {
    assertThat(actual.shape()).as(what + ": shape").isEqualTo(expected.shape());
    INDArray wide = actual.castTo(DataType.DOUBLE);
    INDArray reference = expected.castTo(DataType.DOUBLE);
    double scale = Math.max(reference.amaxNumber().doubleValue(), 1e-3);
    double difference = wide.sub(reference).amaxNumber().doubleValue() / scale;
    assertThat(difference).as(what).isLessThanOrEqualTo(tolerance);
  }

  private void finiteDifferences() {
    SameDiff sd = graph(ours, DataType.DOUBLE);
    Map<String, INDArray> gradients =
        sd.calculateGradients(Map.of(), inputs.keySet().toArray(String[]::new));
    for (String name : inputs.keySet()) {
      INDArray gradient = gradients.get(name).dup();
      INDArray array = sd.getVariable(name).getArr();
      INDArray numeric = gradient.ulike();
      for (long i = 0; i < array.length(); i++) {
        double old = array.getDouble(i);
        double h = 1e-5;
        array.putScalar(i, old + h);
        double up = sd.outputSingle(Map.of(), "loss").getDouble(0);
        array.putScalar(i, old - h);
        double down = sd.outputSingle(Map.of(), "loss").getDouble(0);
        array.putScalar(i, old);
        numeric.putScalar(i, (up - down) / (2 * h));
      }
      assertClose("finite differences of " + name, gradient, numeric, 2e-7);
    }
  }

  private void gradientOpIsOurs() {
    SameDiff sd = graph(ours, DataType.FLOAT);
    sd.calculateGradients(Map.of(), inputs.keySet().toArray(String[]::new));
    assertThat(sd.getFunction("grad").ops())
        .as("gradient graph")
        .anySatisfy(op -> assertThat(op.opName()).isEqualTo(gradientOp));
  }

  private void savedAndLoaded() throws IOException {
    SameDiff sd = graph(ours, DataType.FLOAT);
    Path file = Files.createTempFile("graph", ".fb");
    try {
      sd.save(file.toFile(), false);
      SameDiff loaded = SameDiff.load(new File(file.toString()), false);
      assertThat(loaded.outputSingle(Map.of(), "y")).isEqualTo(sd.outputSingle(Map.of(), "y"));
      String[] names = inputs.keySet().toArray(String[]::new);
      assertThat(loaded.calculateGradients(Map.of(), names))
          .isEqualTo(sd.calculateGradients(Map.of(), names));
      assertThat(loaded.getFunction("grad").ops())
          .as("gradient graph after loading")
          .anySatisfy(op -> assertThat(op.opName()).isEqualTo(gradientOp));
    } finally {
      Files.delete(file);
    }
  }

  private void eagerAgrees() {
    List<INDArray> arrays = List.copyOf(inputs.values());
    INDArray expected = run(ours, DataType.DOUBLE).value;
    assertThat(Nd4j.exec(eager.of(arrays))[0].mul(2)).isEqualTo(expected);
    // strided and column-major operands are the same numbers
    List<INDArray> columnMajor = arrays.stream().map(a -> a.dup('f')).toList();
    assertThat(Nd4j.exec(eager.of(columnMajor))[0].mul(2)).isEqualTo(expected);
    DynamicCustomOp intoColumnMajor = eager.of(arrays);
    for (LongShapeDescriptor output : intoColumnMajor.calculateOutputShape()) {
      intoColumnMajor.addOutputArgument(Nd4j.create(output).dup('f'));
    }
    assertThat(Nd4j.exec(intoColumnMajor)[0].mul(2)).isEqualTo(expected);
  }

  private void secondDerivativeIsRefused() {
    SameDiff sd = graph(ours, DataType.DOUBLE);
    sd.calculateGradients(Map.of(), inputs.keySet().toArray(String[]::new));
    NormfreeOp gradient =
        (NormfreeOp)
            Arrays.stream(sd.getFunction("grad").ops())
                .filter(op -> op.opName().equals(gradientOp))
                .findFirst()
                .orElseThrow();
    // an op whose gradient is an ordinary op may be differentiated again
    if (gradient instanceof GradientOp) {
      assertThatThrownBy(() -> gradient.doDiff(List.of()))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("differentiating twice");
    }
  }
}
