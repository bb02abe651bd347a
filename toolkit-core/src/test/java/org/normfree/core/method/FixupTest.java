package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

class FixupTest {
  private final Method method = new Fixup();

  @Test
  void shiftsBeforeTheBranchAndScalesBehindIt() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    assertThat(graph.scalar("block1.attention.shift")).isZero();
    assertThat(graph.scalar("block1.attention.scale")).isEqualTo(1);
    graph.perturb();
    double shift = graph.scalar("block1.attention.shift");
    double scale = graph.scalar("block1.attention.scale");
    graph.assertTokens(
        y, x -> RowMath.add(x, RowMath.times(scale, SmallGraph.f(RowMath.plus(x, shift)))));
  }

  @Test
  void shiftsAndScalesBehindTheStack() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.normalize(method, NormSite.Kind.FINAL);
    graph.perturb();
    double shift = graph.scalar("norm.shift");
    double scale = graph.scalar("norm.scale");
    graph.assertTokens(y, x -> RowMath.times(scale, RowMath.plus(x, shift)));
  }

  @Test
  void scalesWeightsByTheNumberOfBranches() {
    InitialNetwork initial = InitialNetwork.of(method);
    double branches = 2 * InitialNetwork.DEPTH;
    for (String map : List.of(InitialNetwork.QUERY, InitialNetwork.KEY, InitialNetwork.VALUE)) {
      initial.assertUniform(map, initial.xavier(map) * Math.pow(branches, -1.0 / 6));
    }
    initial.assertUniform(
        InitialNetwork.FC1, initial.xavier(InitialNetwork.FC1) * Math.pow(branches, -0.5));
    initial.assertUniform(InitialNetwork.PATCH, initial.xavier(InitialNetwork.PATCH));
    for (String map : List.of(InitialNetwork.OUT, InitialNetwork.FC2, InitialNetwork.HEAD)) {
      initial.assertZero(map + ".weight");
    }
  }

  @Test
  void countsTheBranchesOfEncoderAndDecoder() {
    Stack whole = new Stack(Stack.Kind.DECODER, 4, 2);
    WeightRole role = new WeightRole(WeightRole.Kind.FFN_IN, whole);
    WeightRole one = new WeightRole(WeightRole.Kind.FFN_IN, Stack.encoderOnly(1));
    double deep = method.weight(new SmallGraph().scope("map"), role, 5, 7).getArr().getDouble(0);
    double shallow = method.weight(new SmallGraph().scope("map"), one, 5, 7).getArr().getDouble(0);
    assertThat(deep / shallow).isCloseTo(Math.sqrt(2.0 / 14), within(1e-12));
  }

  @Test
  void hasScalarsInsteadOfBiasVectorsInBranches() {
    InitialNetwork initial = InitialNetwork.of(method);
    assertThat(initial.parameters(".bias")).containsExactly("patch.bias", "head.bias");
    assertThat(initial.parameters().stream().filter(name -> name.startsWith("block1.")))
        .containsExactlyInAnyOrder(
            "block1.attention.shift",
            "block1.attention.query.weight",
            "block1.attention.key.weight",
            "block1.attention.value.weight",
            "block1.attention.out.shift_before",
            "block1.attention.out.weight",
            "block1.attention.scale",
            "block1.ffn.shift",
            "block1.ffn.fc1.weight",
            "block1.ffn.fc1.shift_behind",
            "block1.ffn.fc2.shift_before",
            "block1.ffn.fc2.weight",
            "block1.ffn.scale");
    assertThat(initial.network().norms()).isEmpty();
  }

  @Test
  void theShiftsStandWhereTheirNamesSay() {
    SmallGraph graph = new SmallGraph();
    Stack stack = Stack.encoderOnly(6);
    SDVariable first =
        method.linear(
            graph.scope("fc1"), new WeightRole(WeightRole.Kind.FFN_IN, stack), graph.x(), 4, 4);
    SDVariable second =
        method.linear(
            graph.scope("fc2"), new WeightRole(WeightRole.Kind.FFN_OUT, stack), graph.x(), 4, 4);
    SDVariable out =
        method.linear(
            graph.scope("out"),
            new WeightRole(WeightRole.Kind.ATTENTION_OUT, stack),
            graph.x(),
            4,
            4);
    graph.perturb();
    double behind = graph.scalar("fc1.shift_behind");
    graph.assertTokens(first, x -> RowMath.plus(product(graph, "fc1", x), behind));
    double before = graph.scalar("fc2.shift_before");
    graph.assertTokens(second, x -> product(graph, "fc2", RowMath.plus(x, before)));
    double beforeOut = graph.scalar("out.shift_before");
    graph.assertTokens(out, x -> product(graph, "out", RowMath.plus(x, beforeOut)));
  }

  private static double[] product(SmallGraph graph, String map, double[] x) {
    double[] weight = graph.values(map + ".weight");
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < y.length; j++) {
        y[j] += x[i] * weight[i * y.length + j];
      }
    }
    return y;
  }

  @Test
  void everyBranchIsNothingAtTheStart() {
    assertThat(InitialNetwork.of(method, 5).logits())
        .containsExactly(InitialNetwork.of(method, 1).logits());
  }
}
