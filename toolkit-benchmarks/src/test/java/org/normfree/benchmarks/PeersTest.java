package org.normfree.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.benchmarks.family.VitShape;
import org.normfree.benchmarks.peer.Workload;

class PeersTest {
  @TempDir Path folder;

  private final StringWriter screen = new StringWriter();
  private Setting setting;

  @BeforeEach
  void set() {
    LibTorch nowhere = new LibTorch(folder.resolve("nowhere"));
    setting = new Setting(folder, 1, 1, 3, nowhere, new PrintWriter(screen));
  }

  @Test
  void twoProcessesAgreeAndAreTimed() {
    List<Variant> variants = List.of(Variant.COMPILED, Variant.STOCK);
    try (Peers peers = new Peers(setting, "tiny", VitShape.TINY.with("dyt"), variants)) {
      assertThat(peers.variants()).containsExactlyElementsOf(variants);
      assertThat(peers.agree(4, 1e-4, 1e-2)).isBetween(0.0, 1e-5);
      Map<Variant, Sample> times = peers.time("step", 2);
      assertThat(times).containsOnlyKeys(variants);
      assertThat(times.get(Variant.STOCK).median()).isBetween(1e-3, 1e5);
      assertThat(peers.time("pass", 1)).containsOnlyKeys(variants);
    }
  }

  @Test
  void aTrainingBeginsAnew() {
    List<Variant> variants = List.of(Variant.COMPILED, Variant.STOCK);
    try (Peers peers = new Peers(setting, "tiny", VitShape.TINY.with("dyt"), variants)) {
      for (Variant variant : variants) {
        PeerProcess process = peers.process(variant);
        double[] first = process.ask("check 4");
        assertThat(process.ask("train 4")).hasSize(1);
        double[] further = process.ask("check 4");
        process.ask("train 0");
        assertThat(process.ask("check 4")).containsExactly(first);
        assertThat(further[0]).isLessThan(first[3]);
      }
    }
  }

  @Test
  void aLanguageModelIsTheSameForBothExecutors() {
    StepCase one = StepCase.of(List.of("lm-tiny"), List.of("dyt")).get(0);
    assertThat(one.name()).isEqualTo("lm-tiny rms-norm");
    List<Variant> variants = one.fit(List.of(Variant.COMPILED, Variant.STOCK, Variant.SAMEDIFF));
    assertThat(variants).containsExactly(Variant.COMPILED, Variant.STOCK);
    try (Peers peers = new Peers(setting, one.name(), one.workload(), variants)) {
      assertThat(peers.agree(4, 1e-4, 1e-2)).isBetween(0.0, 1e-5);
    }
  }

  @Test
  void aCaseThatThereIsNotIsRefused() {
    assertThatThrownBy(() -> StepCase.of(List.of("lm-265"), List.of("dyt")))
        .hasMessageContaining("unknown shape 'lm-265'")
        .hasMessageContaining("lm-256");
  }

  @Test
  void peersThatDisagreeAreNotTimed() {
    List<Variant> variants = List.of(Variant.COMPILED, Variant.STOCK);
    try (Peers peers = new Peers(setting, "tiny", VitShape.TINY.with("pre-ln"), variants)) {
      peers.process(Variant.STOCK).ask("step 3"); // it is ahead now
      assertThatThrownBy(() -> peers.agree(2, 1e-4, 1e-2))
          .isInstanceOf(PeerException.class)
          .hasMessageContaining("stock and compiled disagree");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dyt", "deep-norm", "layer-norm", "rms-norm"})
  void anOpsOutputAndGradientsAgree(String op) {
    assertThat(Workload.Op.NAMES).contains(op);
    List<Variant> variants = List.of(Variant.COMPILED, Variant.SAMEDIFF);
    try (Peers peers = new Peers(setting, op, new Workload.Op(op, 7, 13), variants)) {
      assertThat(peers.process(Variant.COMPILED).ask("check 1"))
          .hasSize(1 + new Workload.Op(op, 7, 13).inputs().size());
      assertThat(peers.agree(1, 1e-4, 1e-4)).isLessThan(1e-5);
      assertThat(peers.time("forward", 1)).containsOnlyKeys(variants);
      assertThat(peers.process(Variant.COMPILED).ask("memory")[0]).isGreaterThan(1 << 20);
    }
  }

  @Test
  void everyWayOfAttentionGivesTheSame() {
    List<Variant> variants =
        List.of(Variant.COMPILED_JAVA, Variant.COMPILED_ONEDNN, Variant.SAMEDIFF);
    for (String op : List.of(Workload.Sequence.ATTENTION, Workload.Sequence.CAUSAL)) {
      Workload.Sequence workload = new Workload.Sequence(op, 2, 19, 6, 3);
      try (Peers peers = new Peers(setting, op, workload, variants)) {
        assertThat(peers.variants()).containsExactlyElementsOf(variants);
        assertThat(peers.agree(1, 1e-4, 1e-4)).isLessThan(1e-5);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {Workload.Sequence.SCAN, Workload.Sequence.CONVOLUTION})
  void anOpOnSequencesIsTheSameForBothExecutors(String op) {
    List<Variant> variants = List.of(Variant.COMPILED, Variant.STOCK);
    Workload.Sequence workload = new Workload.Sequence(op, 2, 37, 5, 3);
    try (Peers peers = new Peers(setting, op, workload, variants)) {
      assertThat(peers.agree(1, 1e-4, 1e-4)).isLessThan(1e-5);
      assertThat(peers.process(Variant.COMPILED).ask("report")[0]).isPositive();
      assertThat(peers.time("pass", 1)).containsOnlyKeys(variants);
    }
  }

  @Test
  void whatCannotBeBuiltIsLeftOutAndTold() {
    List<Variant> variants = List.of(Variant.LIBTORCH);
    try (Peers peers = new Peers(setting, "tiny", VitShape.TINY.with("dyt"), variants)) {
      assertThat(peers.variants()).isEmpty();
    }
    assertThat(screen.toString()).startsWith("libtorch: left out, ");
  }

  @Test
  void aFailingProcessTellsWhy() {
    List<String> command =
        Variant.STOCK.command("VitTraining:nothing:1:8:3:4:16:1:2:10", Path.of("missing"), 1, null);
    assertThatThrownBy(() -> new PeerProcess("stock", command, Map.of(), setting.log("x")).close())
        .isInstanceOf(PeerException.class)
        .hasMessageContaining("stock: missing");
  }

  @Test
  void everyOneOfOursStandsBesideEveryBaseline() {
    Map<Variant, Sample> times = new EnumMap<>(Variant.class);
    times.put(Variant.COMPILED, new Sample(2, 4, 6));
    times.put(Variant.STOCK, new Sample(8));
    times.put(Variant.LIBTORCH, new Sample(16));
    assertThat(Comparison.rows("step", "x", "ms", times))
        .extracting(row -> row.ours() + "/" + row.peer() + "=" + row.ratio())
        .containsExactlyInAnyOrder(
            "compiled/stock=0.5",
            "compiled/libtorch=0.25",
            "stock/stock=1.0",
            "libtorch/libtorch=1.0");
  }
}
