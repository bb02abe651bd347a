package org.normfree.core.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.exec.GraphCheck.Tally;
import org.normfree.core.exec.GraphCheck.Way;
import org.normfree.core.exec.RandomGraphs.Finding;
import org.normfree.core.op.Registration;

class RandomGraphsTest {
  private static final int GRAPHS = 300;
  private static final long FIRST_SEED = 1;

  /** Each graph in every ninth way, so that each way has some 30 graphs. */
  private static final int TURNS = 9;

  private static final int SHRINKING_SECONDS = 10;

  @Test
  void theCompiledExecutorAgreesWithTheSessionOnAnyGraph() {
    Tally tally = new Tally();
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < GRAPHS && findings.size() < 3; i++) {
      List<Way> ways = GraphCheck.ways(i, TURNS);
      RandomGraphs.check(FIRST_SEED + i, ways, tally, SHRINKING_SECONDS).ifPresent(findings::add);
    }
    assertThat(findings).isEmpty();
    assertThat(tally.ops)
        .as("ops of the project that were drawn; a new one needs a line in RandomGraphs.DRAWS")
        .containsAll(Registration.names());
    assertThat(tally.notCompiled).as("graphs left to the session").isZero();
    assertThat(tally.skipped).as("graphs not comparable").isLessThan(GRAPHS / 10);
    assertThat(tally.worst).isLessThan(1e-3);
  }

  @Test
  void aSeedGivesTheSameGraph() {
    for (long seed = 1; seed < 8; seed++) {
      assertThat(RandomGraphs.graph(seed).text()).isEqualTo(RandomGraphs.graph(seed).text());
    }
  }

  @Test
  void shrinkingKeepsWhatFailsAndLittleElse() {
    RandomGraph graph = RandomGraphs.graph(5);
    RandomGraph smallest =
        Shrinking.smallest(graph, RandomGraphsTest::hasAddOfThree, SHRINKING_SECONDS);
    assertThat(hasAddOfThree(graph)).as("the test's own graph").isTrue();
    assertThat(hasAddOfThree(smallest)).isTrue();
    assertThat(smallest.steps().stream().filter(RandomGraph.Apply.class::isInstance)).hasSize(1);
    assertThat(smallest.outputs()).isEmpty();
  }

  /** A stand-in for a fault: some op has an input of more than two elements. */
  private static boolean hasAddOfThree(RandomGraph graph) {
    try {
      List<RandomGraph.Node> nodes = graph.build(DataType.DOUBLE, false).nodes();
      return graph.steps().stream()
          .filter(RandomGraph.Apply.class::isInstance)
          .map(RandomGraph.Apply.class::cast)
          .anyMatch(a -> a.inputs().stream().anyMatch(i -> nodes.get(i).length() > 2));
    } catch (RandomGraph.Unfit e) {
      return false;
    }
  }

  /** Sizes the generator is meant to reach; a change that loses them is noticed here. */
  @Test
  void graphsAreSmallAndLargeDeepAndWide() {
    long largest = 0;
    int mostOps = 0;
    Set<Long> sides = new TreeSet<>();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + GRAPHS; seed++) {
      RandomGraph graph = RandomGraphs.graph(seed);
      mostOps =
          Math.max(
              mostOps,
              (int) graph.steps().stream().filter(RandomGraph.Apply.class::isInstance).count());
      for (RandomGraph.Node node : graph.build(DataType.DOUBLE, false).nodes()) {
        largest = Math.max(largest, node.length());
        for (long side : node.shape()) {
          sides.add(side);
        }
      }
    }
    assertThat(mostOps).isGreaterThan(40);
    assertThat(largest).isGreaterThan(30_000);
    assertThat(sides).contains(1L, 2L, 3L, 7L, 13L, 31L, 67L, 127L, 293L);
  }
}
