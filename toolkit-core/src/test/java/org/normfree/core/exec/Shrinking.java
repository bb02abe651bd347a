package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.exec.RandomGraph.Apply;
import org.normfree.core.exec.RandomGraph.Fill;
import org.normfree.core.exec.RandomGraph.Leaf;
import org.normfree.core.exec.RandomGraph.Node;
import org.normfree.core.exec.RandomGraph.Source;

/**
 * Makes a graph that fails as small as it can while it still fails: fewer outputs, ops, elements.
 */
final class Shrinking {
  private final Predicate<RandomGraph> fails;
  private final long deadline;

  private Shrinking(Predicate<RandomGraph> fails, long deadline) {
    this.fails = fails;
    this.deadline = deadline;
  }

  /**
   * @param graph fails
   * @param fails whether a graph fails in the same way; false for one that cannot be built
   * @param seconds after which the smallest graph found so far is good enough
   */
  static RandomGraph smallest(RandomGraph graph, Predicate<RandomGraph> fails, int seconds) {
    Shrinking shrinking = new Shrinking(fails, System.nanoTime() + seconds * 1_000_000_000L);
    RandomGraph best = graph;
    while (true) {
      RandomGraph smaller = shrinking.step(best);
      if (smaller == null) {
        return best;
      }
      best = smaller;
    }
  }

  private RandomGraph step(RandomGraph graph) {
    for (RandomGraph candidate : candidates(graph)) {
      if (System.nanoTime() > deadline) {
        return null;
      }
      RandomGraph clean = candidate.withoutDeadSteps();
      if (isSmaller(clean, graph) && fails.test(clean)) {
        return clean;
      }
    }
    return null;
  }

  private static boolean isSmaller(RandomGraph a, RandomGraph b) {
    long first = weight(a);
    long second = weight(b);
    return first < second || (first == second && leaves(a) < leaves(b));
  }

  /** Ops weigh most, then outputs, then what else there is. */
  private static long weight(RandomGraph graph) {
    long ops = graph.steps().stream().filter(Apply.class::isInstance).count();
    return ops * 1000
        + (graph.outputs().size() + graph.losses().size()) * 50L
        + graph.steps().size();
  }

  private static long leaves(RandomGraph graph) {
    return graph.steps().stream()
        .filter(Leaf.class::isInstance)
        .map(Leaf.class::cast)
        .mapToLong(
            l ->
                l.shape().stream().mapToLong(Long::longValue).sum()
                    + (l.source() == Source.VARIABLE ? 0 : 1))
        .sum();
  }

  private static List<RandomGraph> candidates(RandomGraph graph) {
    List<RandomGraph> candidates = new ArrayList<>();
    List<Integer> outputs = graph.outputs();
    if (outputs.size() > 1) {
      candidates.add(new RandomGraph(graph.steps(), List.of(), graph.losses()));
      for (int kept : outputs) {
        candidates.add(new RandomGraph(graph.steps(), List.of(kept), graph.losses()));
      }
    }
    for (int dropped : outputs) {
      List<Integer> rest = outputs.stream().filter(o -> o != dropped).toList();
      candidates.add(new RandomGraph(graph.steps(), rest, graph.losses()));
    }
    if (graph.losses().size() > 1) {
      for (int loss : graph.losses()) {
        candidates.add(new RandomGraph(graph.steps(), outputs, List.of(loss)));
      }
    }
    List<Node> nodes;
    try {
      nodes = graph.build(DataType.DOUBLE, false).nodes();
    } catch (RuntimeException e) {
      return List.of();
    }
    for (int i = graph.steps().size() - 1; i >= 0; i--) {
      long[] shape = nodes.get(i).shape();
      int step = i;
      if (graph.steps().get(i) instanceof Apply apply) {
        for (int input : apply.inputs()) {
          if (java.util.Arrays.equals(nodes.get(input).shape(), shape)) {
            candidates.add(graph.redirected(step, input));
          }
        }
        List<Long> sizes = java.util.Arrays.stream(shape).boxed().toList();
        candidates.add(
            graph.with(step, new Leaf(Source.VARIABLE, Fill.normal(1), sizes, 11L * (i + 1))));
      }
    }
    Set<Long> sizes = new TreeSet<>();
    graph.steps().stream()
        .filter(Leaf.class::isInstance)
        .forEach(s -> sizes.addAll(((Leaf) s).shape()));
    for (long size : sizes) {
      Stream.of(1L, 2L, 3L, size / 8, size / 2, size * 3 / 4, size - 1)
          .filter(to -> to > 0 && to < size)
          .distinct()
          .forEach(to -> candidates.add(graph.resized(size, to)));
    }
    for (int i = 0; i < graph.steps().size(); i++) {
      boolean simpler =
          graph.steps().get(i) instanceof Leaf leaf
              && leaf.source() != Source.VARIABLE
              && leaf.fill().kind() == Fill.Kind.NORMAL;
      if (simpler) {
        Leaf leaf = (Leaf) graph.steps().get(i);
        candidates.add(
            graph.with(i, new Leaf(Source.VARIABLE, leaf.fill(), leaf.shape(), leaf.seed())));
      }
    }
    return candidates;
  }
}
