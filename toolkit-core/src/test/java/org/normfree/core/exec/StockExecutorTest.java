package org.normfree.core.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Network;
import org.normfree.core.train.Bits;
import org.normfree.core.train.SmallNetworks;

class StockExecutorTest {
  private static final List<String> PARAMETERS = List.of("w1", "b1", "w2", "b2");

  private final Network network = SmallNetworks.mlp(DataType.DOUBLE, 3);

  private static Map<String, INDArray> placeholders(int size) {
    Batch batch = SmallNetworks.batch(size, 0);
    Map<String, INDArray> values = new HashMap<>();
    values.put(
        Network.INPUT,
        Nd4j.createFromArray(batch.reals(Network.INPUT))
            .reshape(size, SmallNetworks.FEATURES)
            .castTo(DataType.DOUBLE));
    values.put(
        Network.LABELS,
        Nd4j.createFromArray(batch.reals(Network.LABELS))
            .reshape(size, SmallNetworks.CLASSES)
            .castTo(DataType.DOUBLE));
    values.put("drop", Nd4j.ones(DataType.DOUBLE, size, 1));
    return values;
  }

  @Test
  void givesSameDiffsOwnNumbers() {
    Map<String, INDArray> placeholders = placeholders(8);
    OutAndGrad expected =
        SmallNetworks.mlp(DataType.DOUBLE, 3)
            .graph()
            .calculateGradientsAndOutputs(placeholders, List.of("loss", "logits"), PARAMETERS);
    try (StockExecutor executor = new StockExecutor(network.graph())) {
      // the second pass runs on recycled arrays
      executor.gradients(placeholders, List.of("loss", "logits"));
      GraphExecutor.Pass pass = executor.gradients(placeholders, List.of("loss", "logits"));

      assertThat(Bits.of(pass.outputs())).isEqualTo(Bits.of(expected.getOutputs()));
      assertThat(Bits.of(pass.gradients())).isEqualTo(Bits.of(expected.getGradients()));
      assertThat(pass.gradients().keySet()).containsExactlyInAnyOrderElementsOf(PARAMETERS);
      assertThat(Bits.of(executor.output(placeholders, List.of("logits")).get("logits")))
          .isEqualTo(Bits.of(expected.getOutputs().get("logits")));
    }
  }

  @Test
  void seesVariablesAndConstantsThatWereChangedInPlace() {
    Map<String, INDArray> placeholders = placeholders(8);
    Network changed = SmallNetworks.mlp(DataType.DOUBLE, 3);
    changed.array("w1").muli(0.5);
    changed.array("mean").addi(0.25);
    OutAndGrad expected =
        changed.graph().calculateGradientsAndOutputs(placeholders, List.of("loss"), PARAMETERS);
    try (StockExecutor executor = new StockExecutor(network.graph())) {
      GraphExecutor.Pass before = executor.gradients(placeholders, List.of("loss"));
      double lossBefore = before.outputs().get("loss").getDouble(0);
      executor.output(placeholders, List.of("loss"));
      network.array("w1").muli(0.5);
      double halfChanged =
          executor.gradients(placeholders, List.of("loss")).outputs().get("loss").getDouble(0);
      network.array("mean").addi(0.25);
      GraphExecutor.Pass after = executor.gradients(placeholders, List.of("loss"));

      assertThat(Bits.of(after.gradients())).isEqualTo(Bits.of(expected.getGradients()));
      assertThat(after.outputs().get("loss").getDouble(0)).isNotEqualTo(lossBefore);
      assertThat(after.outputs().get("loss").getDouble(0)).isNotEqualTo(halfChanged);
      assertThat(Bits.of(executor.output(placeholders, List.of("loss")).get("loss")))
          .isEqualTo(Bits.of(expected.getOutputs().get("loss")));
    }
  }

  @Test
  void usesTheSameNativeMemoryInEveryCall() {
    try (StockExecutor executor = new StockExecutor(network.graph())) {
      Map<String, INDArray> large = placeholders(8);
      Map<String, INDArray> small = placeholders(3);
      List<List<Long>> addresses = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        GraphExecutor.Pass pass = executor.gradients(large, List.of("logits"));
        addresses.add(pass.gradients().values().stream().map(a -> a.data().address()).toList());
        executor.gradients(small, List.of("logits"));
        executor.output(large, List.of("logits"));
      }
      assertThat(addresses.stream().flatMap(List::stream).distinct().count())
          .isLessThanOrEqualTo(8L * PARAMETERS.size());
    }
  }

  @Test
  void keepsNd4jsNotesOnDifferentiationOffTheScreen() {
    PrintStream original = System.out;
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    System.setOut(new PrintStream(screen, true, StandardCharsets.UTF_8));
    try (StockExecutor executor = new StockExecutor(network.graph())) {
      executor.gradients(placeholders(2), List.of("loss"));
    } finally {
      System.setOut(original);
    }
    assertThat(screen.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
