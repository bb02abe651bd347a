package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * What the norms of a language model cost: a model of LLaMA's shape with a method and the same one
 * with nothing in the norms' places take turns, pass by pass, so that what else the machine does
 * meets both. Inference is a forward pass with the loss, training a forward and a backward pass
 * without the optimizer's step, as in arXiv 2503.10622, tables 14 and 15.
 */
final class PassTimes implements AutoCloseable {
  /** Channels of a head, as in LLaMA. */
  private static final int HEAD = 64;

  private static final int VOCABULARY = 256;
  private static final int FEWEST = 5;
  private static final double WARM_UP = 0.4;

  private final Side model;
  private final Side bare;

  /** How an executor for a network is made. */
  @FunctionalInterface
  interface Executors {
    GraphExecutor of(Network network);
  }

  /** A model, ready to run. */
  private record Side(GraphExecutor executor, Map<String, INDArray> inputs) {
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
   * @param method what stands where the norms are
   * @param nothing a method whose norms are no operation
   * @param executors what runs both
   * @param seed of initial values and tokens
   */
  PassTimes(Shape shape, Method method, Method nothing, Executors executors, long seed) {
    model = side(shape, method, executors, seed);
    bare = side(shape, nothing, executors, seed);
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
   * @param seconds how long, after a warm-up of two fifths of that
   * @param progress told how far it is
   * @return {@code inference} and {@code training}: medians of the model's passes in milliseconds;
   *     {@code inference_norms} and {@code training_norms}: the median of what a pass takes longer
   *     than one without norms right before or after it, in percent of the latter's median
   */
  Map<String, Double> take(double seconds, Progress.Part progress) {
    passes(WARM_UP * seconds, (done, of) -> progress.report(done, 2L * of));
    Map<String, List<Double>> times =
        passes(seconds, (done, of) -> progress.report(of + done, 2L * of));
    Map<String, Double> values = new LinkedHashMap<>();
    for (String pass : List.of("inference", "training")) {
      List<Double> with = times.get(pass);
      List<Double> without = times.get(pass + " without");
      List<Double> more = new ArrayList<>();
      for (int i = 0; i < with.size(); i++) {
        more.add(with.get(i) - without.get(i));
      }
      values.put(pass, median(with));
      values.put(pass + "_norms", 100 * median(more) / median(without));
    }
    return values;
  }

  /** Told how far it is. */
  private interface Report {
    void at(int done, int of);
  }

  private Map<String, List<Double>> passes(double seconds, Report report) {
    Map<String, List<Double>> times = new LinkedHashMap<>();
    long begin = System.nanoTime();
    double elapsed = 0;
    for (int i = 0; i < FEWEST || elapsed < seconds; i++) {
      boolean first = i % 2 == 0;
      for (int turn = 0; turn < 2; turn++) {
        boolean with = first == (turn == 0);
        Side side = with ? model : bare;
        String suffix = with ? "" : " without";
        times.computeIfAbsent("inference" + suffix, k -> new ArrayList<>()).add(side.inference());
        times.computeIfAbsent("training" + suffix, k -> new ArrayList<>()).add(side.training());
      }
      elapsed = (System.nanoTime() - begin) / 1e9;
      report.at((int) Math.min(999, 1000 * elapsed / Math.max(seconds, 1e-9)), 1000);
    }
    return times;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }

  @Override
  public void close() {
    model.executor().close();
    bare.executor().close();
  }
}
