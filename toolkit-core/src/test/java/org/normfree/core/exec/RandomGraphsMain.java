package org.normfree.core.exec;

import java.util.Locale;
import java.util.Optional;
import org.normfree.core.exec.GraphCheck.Failure;
import org.normfree.core.exec.GraphCheck.Tally;

/**
 * Checks any number of random graphs in every way there is to run them. From the repository root:
 *
 * <pre>
 * mvn -q -pl toolkit-core test-compile dependency:build-classpath \
 *     -Dmdep.includeScope=test -Dmdep.outputFile=target/test.classpath
 * OMP_WAIT_POLICY=passive java --add-modules jdk.incubator.vector \
 *     -Dorg.nd4j.log.initialization=false \
 *     -cp toolkit-core/target/test-classes:toolkit-core/target/classes:$(cat toolkit-core/target/test.classpath) \
 *     org.normfree.core.exec.RandomGraphsMain 2000 1
 * </pre>
 *
 * <p>Every failure is told with its seed and the smallest graph found; the exit status is 1 then.
 */
final class RandomGraphsMain {
  private static final long EVERY_NANOS = 10_000_000_000L;

  private RandomGraphsMain() {}

  /**
   * @param args number of graphs (300), first seed (1), and in every how many-th way each graph is
   *     run, other ones each turn (1: in all)
   */
  public static void main(String[] args) {
    int graphs = args.length > 0 ? Integer.parseInt(args[0]) : 300;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
    int turns = args.length > 2 ? Integer.parseInt(args[2]) : 1;
    System.exit(run(graphs, seed, turns));
  }

  private static int run(int graphs, long firstSeed, int turns) {
    Tally tally = new Tally();
    long start = System.nanoTime();
    long told = start;
    int wrong = 0;
    int threw = 0;
    for (int i = 0; i < graphs; i++) {
      Optional<RandomGraphs.Finding> finding =
          RandomGraphs.check(firstSeed + i, GraphCheck.ways(i, turns), tally, 20);
      if (finding.isPresent()) {
        boolean exception = finding.get().failure().kind() == Failure.Kind.THREW;
        threw += exception ? 1 : 0;
        wrong += exception ? 0 : 1;
        System.out.println(finding.get());
      }
      long now = System.nanoTime();
      if (now - told > EVERY_NANOS || i + 1 == graphs) {
        told = now;
        double seconds = (now - start) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "%d of %d graphs, %.0f s, %.0f s to go, %d wrong, %d threw%n",
            i + 1,
            graphs,
            seconds,
            seconds / (i + 1) * (graphs - i - 1),
            wrong,
            threw);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d graphs, %d comparisons, worst relative error %.1e, %d wrong, %d threw"
            + " (%d left to the session, %d not comparable)%n",
        tally.graphs,
        tally.comparisons,
        tally.worst,
        wrong,
        threw,
        tally.notCompiled,
        tally.skipped);
    return wrong + threw == 0 ? 0 : 1;
  }
}
