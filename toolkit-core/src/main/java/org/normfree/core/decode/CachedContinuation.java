package org.normfree.core.decode;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.InputException;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.model.text.IncrementalGraph;
import org.normfree.core.nn.Network;

/**
 * A {@link Continuation} that keeps the keys and values of all tokens before, so that a step
 * computes one token. Not safe for several threads.
 */
public final class CachedContinuation implements Continuation {
  private final IncrementalGraph graph;
  private final GraphExecutor executor;
  private final List<String> outputs;
  private final Map<String, INDArray> caches = new LinkedHashMap<>();
  private final Map<String, INDArray> memories;
  private INDArray seen;
  private int length;

  /**
   * @param graph the step; its parameters already are the trained ones, see {@link #adopt}
   * @param executor runs the graph; closed by whoever made it
   * @param memories what the encoding graph gave for the sequences, and its mask; empty without an
   *     encoder
   * @param sequences how many sequences begin
   */
  public CachedContinuation(
      IncrementalGraph graph,
      GraphExecutor executor,
      Map<String, INDArray> memories,
      int sequences) {
    this.graph = graph;
    this.executor = executor;
    this.memories = new HashMap<>();
    memories.forEach((name, array) -> this.memories.put(name, array.dup('c')));
    outputs =
        Stream.concat(
                Stream.of(Network.LOGITS),
                graph.caches().stream().flatMap(c -> Stream.of(c.newKey(), c.newValue())))
            .toList();
    for (IncrementalGraph.Cache cache : graph.caches()) {
      for (String name : List.of(cache.key(), cache.value())) {
        caches.put(name, Nd4j.zeros(DataType.FLOAT, sequences, graph.maxLength(), graph.width()));
      }
    }
    seen = Nd4j.zeros(DataType.FLOAT, sequences, graph.maxLength() + 1L);
    seen.getColumn(graph.maxLength()).assign(1);
  }

  /**
   * Gives a graph the values of a trained network's parameters and states of the same names.
   *
   * @param graph the graph that is to compute with them
   * @param trained where they come from
   */
  public static void adopt(Network graph, Network trained) {
    Stream.concat(
            graph.parameters().stream().map(Network.Parameter::name),
            graph.states().stream().map(Network.State::name))
        .forEach(name -> graph.array(name).assign(trained.array(name)));
  }

  @Override
  public int sequences() {
    return Math.toIntExact(seen.size(0));
  }

  /**
   * {@inheritDoc}
   *
   * @throws InputException if the sequences are as long as the model can take
   */
  @Override
  public float[][] append(int... tokens) {
    if (length == graph.maxLength()) {
      throw new InputException(
          "the model takes %s tokens at most; raise max.length or ask for shorter texts"
              .formatted(length));
    }
    int sequences = sequences();
    Map<String, INDArray> inputs = new HashMap<>(memories);
    inputs.putAll(caches);
    inputs.put(graph.tokens(), Nd4j.createFromArray(tokens).reshape(sequences, 1));
    inputs.put(graph.positions(), Nd4j.createFromArray(new int[] {length}));
    inputs.put(IncrementalGraph.SEEN, seen);
    Map<String, INDArray> values = executor.output(inputs, outputs);
    for (IncrementalGraph.Cache cache : graph.caches()) {
      store(cache.key(), values.get(cache.newKey()));
      store(cache.value(), values.get(cache.newValue()));
    }
    seen.getColumn(length).assign(1);
    length++;
    INDArray logits = values.get(Network.LOGITS);
    return logits.reshape(sequences, logits.size(-1)).toFloatMatrix();
  }

  private void store(String name, INDArray added) {
    caches
        .get(name)
        .get(NDArrayIndex.all(), NDArrayIndex.point(length), NDArrayIndex.all())
        .assign(added.reshape(sequences(), graph.width()));
  }

  @Override
  public void keep(int... sources) {
    if (Arrays.equals(sources, IntStream.range(0, sequences()).toArray())) {
      return;
    }
    caches.replaceAll((name, array) -> rows(array, sources));
    memories.replaceAll((name, array) -> rows(array, sources));
    seen = rows(seen, sources);
  }

  private static INDArray rows(INDArray array, int... sources) {
    long[] shape = array.shape();
    INDArray flat = array.reshape(shape[0], array.length() / shape[0]);
    shape[0] = sources.length;
    return Nd4j.pullRows(flat, 1, sources, 'c').reshape(shape);
  }
}
