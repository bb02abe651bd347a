package org.normfree.experiments.study;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.model.text.DecoderLm;
import org.normfree.core.model.text.DecoderLmConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;
import org.normfree.experiments.sweep.Progress;

/**
 * What the norms of a language model cost: models of LLaMA's shape, one a method and one with
 * nothing in the norms' places, take turns, so that what else the machine does meets all of them.
 * Inference is a forward pass with the loss, training a forward and a backward pass without the
 * optimizer's step, as in arXiv 2503.10622, tables 14 and 15.
 */
final class PassTimes implements AutoCloseable {
  /** Channels of a head, as in LLaMA. */
  private static final int HEAD = 64;

  /** The name of the model without norms, which no method has. */
  private static final String BARE = "";

  private static final int VOCABULARY = 256;
  private static final int FEWEST = 3;

  /** The JVM's compilers are at rest where they take less than this share of a core. */
  private static final double REST = 0.05;

  /** How long they are waited for at most, by the time that passes are timed. */
  private static final double PATIENCE = 3;

  private static final List<String> PASSES = List.of("inference", "training");

  /** By method; and the bare model, last. */
  private final Map<String, Side> sides = new LinkedHashMap<>();

  /** How an executor for a network is made. */
  @FunctionalInterface
  interface Executors {
    GraphExecutor of(Network network);
  }

  /** A model, ready to run. */
  private record Side(GraphExecutor executor, Map<String, INDArray> inputs) {
    /** Milliseconds of either pass, once a first one has brought its parameters near. */
    Map<String, Double> turn() {
      inference();
      double training = training();
      return Map.of("training", training, "inference", inference());
    }

    double inference() {
      long before = System.nanoTime();
      executor.output(inputs, List.of(Network.LOSS));
      return (System.nanoTime() - before) / 1e6;
    }

    double training() {
      long before = System.nanoTime();
      executor.gradients(inputs, List.of(Network.LOSS));
      return (System.nanoTime() - before) / 1e6;
    }
  }

  /**
   * @param shape width, a multiple of 2, layers, sequences and their length
   * @param methods what stands where the norms are
   * @param nothing a method whose norms are no operation
   * @param executors what runs them
   * @param seed of initial values and tokens
   */
  PassTimes(Shape shape, List<Method> methods, Method nothing, Executors executors, long seed) {
    methods.forEach(method -> sides.put(method.name(), side(shape, method, executors, seed)));
    sides.put(BARE, side(shape, nothing, executors, seed));
  }

  /**
   * @param width channels
   * @param depth layers
   * @param sequences of a batch
   * @param length of a sequence in tokens
   */
  record Shape(int width, int depth, int sequences, int length) {}

  private static Side side(Shape shape, Method method, Executors executors, long seed) {
    int heads = Math.max(1, shape.width() / HEAD);
    DecoderLmConfig config =
        DecoderLmConfig.llama(VOCABULARY, shape.width(), shape.depth(), heads, shape.length());
    Network network = DecoderLm.build(config, method, DataType.FLOAT, seed);
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    inputs.put(Network.INPUT, tokens(shape, seed, "input"));
    inputs.put(Network.TARGETS, tokens(shape, seed, "targets"));
    inputs.put(Network.POSITIONS, Nd4j.arange(shape.length()).castTo(DataType.FLOAT));
    return new Side(executors.of(network), inputs);
  }

  private static INDArray tokens(Shape shape, long seed, String purpose) {
    Rng random = Rng.of(seed, purpose, 0);
    float[] ids = new float[shape.sequences() * shape.length()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) (random.uniform() * VOCABULARY);
    }
    return Nd4j.createFromArray(ids).reshape(shape.sequences(), shape.length());
  }

  /**
   * Takes times.
   *
   * @param seconds how long; at least three rounds, after others until the JVM's compilers, which
   *     take processors from the passes, rest, but no longer than three times as long
   * @param progress told how far it is
   * @return by method {@code inference} and {@code training}: medians of its model's passes in
   *     milliseconds; {@code inference_norms} and {@code training_norms}: the median of what a pass
   *     takes longer than that without norms of the same round, in percent of the latter's median
   */
  Map<String, Map<String, Double>> take(double seconds, Progress.Part progress) {
    warmUp(PATIENCE * seconds);
    List<Map<String, Map<String, Double>>> rounds = rounds(seconds, progress);
    Map<String, Map<String, Double>> values = new LinkedHashMap<>();
    for (String method : sides.keySet()) {
      if (method.equals(BARE)) {
        continue;
      }
      Map<String, Double> own = new LinkedHashMap<>();
      for (String pass : PASSES) {
        double rest = median(rounds, round -> round.get(BARE).get(pass));
        double more =
            median(rounds, round -> round.get(method).get(pass) - round.get(BARE).get(pass));
        own.put(pass, median(rounds, round -> round.get(method).get(pass)));
        own.put(pass + "_norms", 100 * more / rest);
      }
      values.put(method, own);
    }
    return values;
  }

  private void warmUp(double seconds) {
    CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    boolean told = compilers != null && compilers.isCompilationTimeMonitoringSupported();
    long begin = System.nanoTime();
    boolean rests = false;
    while (!rests && (System.nanoTime() - begin) / 1e9 < seconds) {
      long before = System.nanoTime();
      long compiled = told ? compilers.getTotalCompilationTime() : 0;
      sides.values().forEach(Side::turn);
      double compiling = told ? compilers.getTotalCompilationTime() - compiled : 0;
      rests = told && compiling < REST * (System.nanoTime() - before) / 1e6;
    }
  }

  /** Rounds in which every model has its turn, another one first in each. */
  private List<Map<String, Map<String, Double>>> rounds(double seconds, Progress.Part progress) {
    List<String> order = new ArrayList<>(sides.keySet());
    List<Map<String, Map<String, Double>>> rounds = new ArrayList<>();
    long begin = System.nanoTime();
    for (double elapsed = 0; rounds.size() < FEWEST || elapsed < seconds; ) {
      Map<String, Map<String, Double>> round = new LinkedHashMap<>();
      order.forEach(name -> round.put(name, sides.get(name).turn()));
      rounds.add(round);
      Collections.rotate(order, 1);
      elapsed = (System.nanoTime() - begin) / 1e9;
      progress.report((int) Math.min(999, 1000 * elapsed / seconds), 1000);
    }
    return rounds;
  }

  private static <T> double median(List<T> rounds, ToDoubleFunction<T> value) {
    double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  @Override
  public void close() {
    sides.values().forEach(side -> side.executor().close());
  }
}
