package org.normfree.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.op.ConvolutionTerms;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * One op on sequences [4, length, 256] in a compiled plan of its own: the forward pass, and a
 * forward and backward pass with the gradient of every input.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "-Xmx2g",
      "--add-modules",
      "jdk.incubator.vector",
      "-Dorg.nd4j.log.initialization=false"
    })
public class SequenceBenchmark {
  private static final int BATCH = 4;
  private static final int CHANNELS = 256;
  private static final int STATES = 16;
  private static final int TAPS = 4;

  /** The op in the graph. */
  public enum Op {
    /** Selective scan with D and the bias of δ, 4096 positions. */
    SELECTIVE_SCAN(4096),
    /** Long convolution with d, 8192 positions. */
    LONG_CONVOLUTION(8192),
    /** Causal depthwise convolution of 4 taps, 4096 positions. */
    CAUSAL_CONVOLUTION(4096);

    private final int length;

    Op(int length) {
      this.length = length;
    }
  }

  /** The op to measure; set by JMH. */
  @Param public Op op;

  /** Size of the team; set by JMH. */
  @Param({"1", "2"})
  public int threads;

  private SameDiff graph;
  private GraphExecutor executor;

  /** For JMH. */
  public SequenceBenchmark() {}

  /** Builds the graph {@code Σ op(inputs)}. */
  @Setup
  public void build() {
    graph = SameDiff.create();
    Ops ops = Ops.of(graph);
    SDVariable x = variable("x", 0, BATCH, op.length, CHANNELS);
    SDVariable y =
        switch (op) {
          case SELECTIVE_SCAN ->
              ops.selectiveScan(
                  "y",
                  x,
                  variable("delta", -3, BATCH, op.length, CHANNELS),
                  variable("A", -8, CHANNELS, STATES),
                  variable("B", 0, BATCH, op.length, STATES),
                  variable("C", 0, BATCH, op.length, STATES),
                  variable("D", 1, CHANNELS),
                  null,
                  variable("bias", 0, CHANNELS),
                  true,
                  false);
          case LONG_CONVOLUTION ->
              ops.longConvolution(
                  "y", x, variable("h", 0, op.length, CHANNELS), variable("d", 1, CHANNELS));
          case CAUSAL_CONVOLUTION ->
              ops.convolution1d(
                  "y",
                  x,
                  variable("taps", 0, TAPS, 1, CHANNELS),
                  variable("bias", 0, CHANNELS),
                  ConvolutionTerms.sequence(TAPS).causal().groups(CHANNELS));
        };
    y.sum("loss");
    graph.setLossVariables("loss");
    executor = new CompiledExecutor(graph, CompilerSettings.of(threads));
  }

  /** Ends the executor's threads. */
  @TearDown
  public void close() {
    executor.close();
  }

  private SDVariable variable(String name, double centre, long... shape) {
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values =
        new SplittableRandom(name.hashCode()).doubles(length, centre - 1, centre + 1).toArray();
    INDArray array = Nd4j.createFromArray(values).castTo(DataType.FLOAT);
    return graph.var(name, array.reshape(shape));
  }

  /**
   * @return the op's output
   */
  @Benchmark
  public Map<String, INDArray> forward() {
    return executor.output(Map.of(), List.of("y"));
  }

  /**
   * @return the gradient of each input; the time includes the sum of the output
   */
  @Benchmark
  public GraphExecutor.Pass forwardAndBackward() {
    return executor.gradients(Map.of(), List.of());
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
                .include(SequenceBenchmark.class.getName())
                .build())
        .run();
  }
}
