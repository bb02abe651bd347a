package org.normfree.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.benchmarks.family.Families;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.CaduceusTraining;
import org.normfree.benchmarks.peer.ConvNeXtTraining;
import org.normfree.benchmarks.peer.DitTraining;
import org.normfree.benchmarks.peer.HyenaTraining;
import org.normfree.benchmarks.peer.LmTraining;
import org.normfree.benchmarks.peer.MaeTraining;
import org.normfree.benchmarks.peer.ResNetTraining;
import org.normfree.benchmarks.peer.VitTraining;
import org.normfree.benchmarks.peer.Wav2VecTraining;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.nn.Network;

class FamiliesTest {
  private static final List<String> METHODS = List.of("pre-ln", "dyt");
  private static final double BILLION = 1e9;

  static Stream<StepCase> tiny() {
    List<String> usual = StepCase.usual();
    List<String> names = StepCase.names().stream().filter(name -> !usual.contains(name)).toList();
    return StepCase.of(names, METHODS).stream();
  }

  @ParameterizedTest
  @MethodSource("tiny")
  void everyNetworkLearnsAlikeByBothExecutors(StepCase one) {
    Map<String, ArrayFile.Array> arrays = Families.arrays(one.workload());
    double[] compiled = losses(one, arrays, "compiled");
    double[] stock = losses(one, arrays, "stock");
    for (int step = 0; step < stock.length; step++) {
      assertThat(compiled[step]).isCloseTo(stock[step], within(1e-5 * stock[step]));
    }
    assertThat(stock[stock.length - 1]).isLessThan(stock[0]);
  }

  private static double[] losses(
      StepCase one, Map<String, ArrayFile.Array> arrays, String executor) {
    try (NetworkPeer peer = new NetworkPeer(one.workload(), arrays, executor, 1)) {
      return peer.check(6);
    }
  }

  /** Of odd sizes, large enough that sums over rows and batches have several parts. */
  static Stream<Workload.Training> odd() {
    return Stream.of(
            Stream.of("pre-ln", "dyt")
                .flatMap(
                    m ->
                        Stream.of(
                            new VitTraining(m, 37, 14, 3, 2, 36, 2, 3, 10),
                            new ConvNeXtTraining(m, 19, 24, 3, 2, 24, 2, 1, 10),
                            new MaeTraining(m, 37, 12, 3, 2, 36, 2, 3, 24, 1, 3),
                            new DitTraining(m, 37, 12, 1, 2, 36, 2, 3, 10),
                            new HyenaTraining(m, 3, 701, 36, 2),
                            new Wav2VecTraining(m, "tiny", 5, 9001))),
            Stream.of("batch-norm", "dyt").map(m -> new ResNetTraining(m, 13, 24, 3, 1, 10)),
            Stream.of("rms-norm", "dyt")
                .flatMap(
                    m ->
                        Stream.of(
                            new LmTraining(m, 17, 101, 40, 36, 2, 3, 96),
                            new CaduceusTraining(m, 3, 301, 34, 2))))
        .flatMap(workloads -> workloads);
  }

  @ParameterizedTest
  @MethodSource("odd")
  void aTeamOfAnySizeGivesTheSameBits(Workload.Training workload) {
    Network network = Families.build(workload);
    Map<String, INDArray> batch = Families.batch(network, Families.arrays(workload));
    Map<String, float[]> one = new HashMap<>();
    for (int threads : new int[] {1, 2, 3, 5}) {
      try (GraphExecutor plan = Executors.create("compiled", network.graph(), threads)) {
        plan.gradients(batch, List.of(Network.LOSS))
            .gradients()
            .forEach(
                (name, gradient) -> {
                  float[] bits = gradient.dup('c').data().asFloat();
                  assertThat(bits)
                      .as("%s, %s threads", name, threads)
                      .isEqualTo(one.computeIfAbsent(name, first -> bits));
                });
      }
    }
    assertThat(one).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("tiny")
  void aWorkloadIsReadFromItsWord(StepCase one) {
    assertThat(Workload.parse(one.workload().word())).isEqualTo(one.workload());
  }

  @Test
  void whatIsNoWorkloadIsRefused() {
    assertThatThrownBy(() -> Workload.parse("Training:dyt:1")).hasMessageContaining("unknown");
    assertThatThrownBy(() -> Workload.parse("Op:dyt:1")).hasMessageContaining("expected 3");
    assertThat(Workload.parse("Op:dyt:1:2")).isEqualTo(new Workload.Op("dyt", 1, 2));
  }

  @Test
  void preLnStandsForTheUsualNormOfAFamily() {
    assertThat(StepCase.of(List.of("resnet-20", "lm-256", "dit-96"), METHODS))
        .extracting(StepCase::name)
        .containsExactly(
            "resnet-20 batch-norm",
            "resnet-20 dyt",
            "lm-256 rms-norm",
            "dit-96 pre-ln",
            "dit-96 dyt");
  }

  /** ResNet-20 takes 40.6 million multiplications an image forward, 0.44 million in the stem. */
  @Test
  void operationsAreThoseThatArePublished() {
    Workload.Training net = StepCase.of(List.of("resnet-20"), METHODS).get(0).workload();
    assertThat(net.flop() / BILLION).isCloseTo(2 * 64 * (3 * 0.0406 - 0.00044), within(0.05));
  }
}
