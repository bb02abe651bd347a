package org.normfree.benchmarks;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.op.Ops;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * One op at 2048×768 FLOAT (6.3 MB an array) in a SameDiff graph of its own: the forward pass, and
 * a forward and backward pass with the gradient of every input.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx2g", "-Dorg.nd4j.log.initialization=false"})
public class OpBenchmark {
  private static final int ROWS = 2048;
  private static final int WIDTH = 768;

  /** The op in the graph. */
  public enum Op {
    /** DyT. */
    DYT,
    /** Layer norm. */
    LAYER_NORM,
    /** DeepNorm. */
    DEEP_NORM,
    /** Exact GELU. */
    GELU
  }

  /** The op to measure; set by JMH. */
  @Param public Op op;

  private SameDiff graph;
  private String[] inputs;

  /** For JMH. */
  public OpBenchmark() {}

  /** Builds the graph {@code Σ weights·op(inputs)}. */
  @Setup
  public void build() {
    graph = SameDiff.create();
    Ops ops = Ops.of(graph);
    SDVariable x = variable("x", 1, ROWS, WIDTH);
    SDVariable y =
        switch (op) {
          case DYT ->
              ops.dyt(
                  "y",
                  x,
                  variable("alpha", 2, 1),
                  variable("gamma", 3, WIDTH),
                  variable("beta", 4, WIDTH));
          case LAYER_NORM ->
              ops.layerNorm("y", x, variable("gain", 2, WIDTH), variable("bias", 3, WIDTH), 1e-5);
          case DEEP_NORM ->
              ops.deepNorm(
                  "y",
                  x,
                  variable("branch", 2, ROWS, WIDTH),
                  1.8612,
                  variable("gain", 3, WIDTH),
                  variable("bias", 4, WIDTH),
                  1e-5);
          case GELU -> ops.gelu("y", x);
        };
    y.mul(graph.constant("weights", uniform(5, ROWS, WIDTH))).sum("loss");
    graph.setLossVariables("loss");
    inputs =
        graph.variables().stream()
            .filter(v -> v.getVariableType() == VariableType.VARIABLE)
            .map(SDVariable::name)
            .toArray(String[]::new);
  }

  private SDVariable variable(String name, long seed, long... shape) {
    return graph.var(name, uniform(seed, shape));
  }

  private static INDArray uniform(long seed, long... shape) {
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = new SplittableRandom(seed).doubles(length, -2, 2).toArray();
    return Nd4j.createFromArray(values).castTo(DataType.FLOAT).reshape(shape);
  }

  /**
   * @return the op's output
   */
  @Benchmark
  public INDArray forward() {
    return graph.outputSingle(Map.of(), "y");
  }

  /**
   * @return the gradient of each input; the time includes the product with the weights and their
   *     sum
   */
  @Benchmark
  public Map<String, INDArray> forwardAndBackward() {
    return graph.calculateGradients(Map.of(), inputs);
  }

  /**
   * Runs the benchmark.
   *
   * @param args JMH's own options
   * @throws CommandLineOptionException if an option is unknown
   * @throws RunnerException if a measurement fails
   */
  public static void main(String[] args) throws CommandLineOptionException, RunnerException {
    new Runner(
            new OptionsBuilder()
                .parent(new CommandLineOptions(args))
                .include(OpBenchmark.class.getName())
                .build())
        .run();
  }
}
