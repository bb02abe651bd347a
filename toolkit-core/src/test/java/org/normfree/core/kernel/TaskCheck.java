package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.task.ScratchMemory;
import org.normfree.core.task.Task;
import org.normfree.core.task.Team;
import org.normfree.core.task.Tensor;

/**
 * Runs prepared tasks of ND4J's own ops with teams of one, two and three, and compares them with
 * what ND4J computes in DOUBLE.
 *
 * @param kernel what prepares the tasks
 */
record TaskCheck(Preparation kernel) {
  private static final double TOLERANCE = 1e-5;

  /** One task at a time is prepared and run. */
  private static final ScratchMemory SCRATCH = new ScratchMemory();

  interface Preparation {
    Optional<Task> prepare(
        DifferentialFunction op, List<Tensor> inputs, List<Tensor> outputs, int threads);
  }

  static void needsTheLibrary() {
    Optional<String> missing = new OneDnnKernel().missing();
    assumeTrue(missing.isEmpty(), () -> "no oneDNN: " + missing.orElseThrow());
  }

  static INDArray random(long seed, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = random.doubles(length, -1.5, 1.5).toArray();
    return Nd4j.createFromArray(values).castTo(DataType.FLOAT).reshape(shape);
  }

  Optional<Task> prepare(
      DynamicCustomOp op, List<INDArray> inputs, List<INDArray> outputs, int threads) {
    Optional<Task> task =
        kernel.prepare(
            op,
            inputs.stream().map(Tensor::of).toList(),
            outputs.stream().map(Tensor::of).toList(),
            threads);
    task.ifPresent(t -> SCRATCH.place(t, 0));
    return task;
  }

  /**
   * Compares outputs; runs every task twice, since its second run must not see the first.
   *
   * @param like arrays whose shapes the outputs have; null to ask ND4J
   * @return what ND4J computes
   */
  List<INDArray> agrees(DynamicCustomOp op, List<INDArray> inputs, List<INDArray> like) {
    List<INDArray> expected = byNd4j(op, inputs, like);
    for (int threads = 1; threads <= 3; threads++) {
      List<INDArray> actual =
          expected.stream().map(e -> Nd4j.valueArrayOf(e.shape(), 7f, DataType.FLOAT)).toList();
      Optional<Task> task = prepare(op, inputs, actual, threads);
      assertThat(task)
          .as("%s with inputs %s", op.opName(), inputs.stream().map(Tensor::of).toList())
          .isPresent();
      try (Team team = new Team(threads)) {
        team.run(List.of(task.get()));
        List<INDArray> first = actual.stream().map(INDArray::dup).toList();
        team.run(List.of(task.get()));
        assertThat(actual).as("second run").isEqualTo(first);
      } finally {
        Reference.reachabilityFence(inputs); // the task knows addresses alone
      }
      for (int i = 0; i < expected.size(); i++) {
        close(op, threads, i, actual.get(i), expected.get(i));
      }
    }
    return expected;
  }

  private static void close(
      DynamicCustomOp op, int threads, int output, INDArray actual, INDArray expected) {
    double scale = Math.max(expected.amaxNumber().doubleValue(), 1e-3);
    double difference =
        actual.castTo(DataType.DOUBLE).sub(expected).amaxNumber().doubleValue() / scale;
    assertThat(difference)
        .as(
            "%s %s, output %d of shape %s, %d threads",
            op.opName(),
            Arrays.toString(op.iArgs()),
            output,
            Arrays.toString(expected.shape()),
            threads)
        .isLessThanOrEqualTo(TOLERANCE);
  }

  private static List<INDArray> byNd4j(
      DynamicCustomOp op, List<INDArray> inputs, List<INDArray> like) {
    INDArray[] wide = inputs.stream().map(x -> x.castTo(DataType.DOUBLE)).toArray(INDArray[]::new);
    OpContext context = Nd4j.getExecutioner().buildContext();
    context.setIArguments(op.iArgs());
    context.setInputArrays(wide);
    Stream<INDArray> outputs =
        like == null
            ? Nd4j.getExecutioner().calculateOutputShape(op, context).stream().map(Nd4j::create)
            : like.stream().map(x -> Nd4j.create(DataType.DOUBLE, x.shape()));
    context.setOutputArrays(outputs.toArray(INDArray[]::new));
    return List.of(Nd4j.exec(op, context));
  }
}
