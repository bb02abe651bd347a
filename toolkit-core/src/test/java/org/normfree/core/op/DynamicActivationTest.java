package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class DynamicActivationTest {
  /** The squash from SameDiff's own ops. */
  static SDVariable composed(SameDiff sd, Squash squash, SDVariable u) {
    return switch (squash) {
      case TANH -> sd.math.tanh(u);
      case HARDTANH -> sd.nn.hardTanh(u);
      case SIGMOID -> sd.nn.sigmoid(u);
      case IDENTITY -> u.mul(1);
      case ERF -> sd.math.erf(u);
      case ISRU -> u.mul(sd.math.reciprocal(sd.math.sqrt(u.mul(u).add(1))));
      case ARCTAN -> sd.math.atan(u).mul(2 / Math.PI);
      case SATURSIN -> sd.math.sin(sd.math.clipByValue(u, -Math.PI / 2, Math.PI / 2));
      case SOFTSIGN -> u.mul(sd.math.reciprocal(sd.math.abs(u).add(1)));
    };
  }

  private static OpContract contract(Squash squash, Map<String, INDArray> inputs) {
    return new OpContract(
        inputs,
        (sd, in) ->
            Ops.of(sd)
                .dynamicActivation(
                    null,
                    squash,
                    in.get("x"),
                    in.get("alpha"),
                    in.get("shift"),
                    in.get("gamma"),
                    in.get("beta")),
        (sd, in) -> {
          SDVariable u = in.get("x");
          u = in.containsKey("alpha") ? u.mul(in.get("alpha")) : u;
          u = in.containsKey("shift") ? u.add(in.get("shift")) : u;
          SDVariable y = composed(sd, squash, u);
          y = in.containsKey("gamma") ? y.mul(in.get("gamma")) : y;
          return in.containsKey("beta") ? y.add(in.get("beta")) : y;
        },
        arrays -> {
          Map<String, INDArray> in = new LinkedHashMap<>();
          int i = 0;
          for (String name : inputs.keySet()) {
            in.put(name, arrays.get(i++));
          }
          return new DynamicActivation(
              squash,
              in.get("x"),
              in.get("alpha"),
              in.get("shift"),
              in.get("gamma"),
              in.get("beta"));
        },
        "normfree_dynamic_activation_gradient");
  }

  @ParameterizedTest
  @EnumSource
  void everySquashHoldsTheContractWithAllTerms(Squash squash) throws IOException {
    contract(
            squash,
            inputs(
                "x", random(1, 2.5, 2, 3, 7),
                "alpha", random(2, 1, 1).addi(1.1),
                "shift", random(3, 0.4, 1),
                "gamma", random(4, 1, 7).addi(1.5),
                "beta", random(5, 1, 7)))
        .holds();
  }

  @ParameterizedTest
  @EnumSource
  void everySquashHoldsTheContractOnItsOwn(Squash squash) throws IOException {
    contract(squash, inputs("x", random(6, 1.7, 5, 3))).holds();
  }

  @ParameterizedTest
  @CsvSource({"1", "13"})
  void alphaMayBeAScalarOrOnePerChannel(long length) throws IOException {
    contract(
            Squash.TANH,
            inputs(
                "x", random(7, 2, 11, 13),
                "alpha", random(8, 0.3, length).addi(0.8),
                "gamma", random(9, 1, 13)))
        .holds();
  }

  @Test
  void vectorsAndSingleColumnsAreRowsToo() throws IOException {
    contract(Squash.TANH, inputs("x", random(10, 2, 5), "gamma", random(11, 1, 5))).holds();
    contract(Squash.TANH, inputs("x", random(12, 2, 4, 1), "gamma", random(13, 1, 1))).holds();
  }

  @Test
  void dytIsTheTanhCase() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.var("x", random(14, 2, 3, 4));
    SDVariable alpha = sd.var("alpha", Nd4j.createFromArray(0.5));
    SDVariable gamma = sd.var("gamma", random(15, 1, 4));
    SDVariable beta = sd.var("beta", random(16, 1, 4));
    SDVariable y = Ops.of(sd).dyt("y", x, alpha, gamma, beta);
    assertThat(y.name()).isEqualTo("y");
    INDArray value = y.eval();
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 4; j++) {
        double expected =
            gamma.getArr().getDouble(j) * Math.tanh(0.5 * x.getArr().getDouble(i, j))
                + beta.getArr().getDouble(j);
        assertThat(value.getDouble(i, j))
            .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-14));
      }
    }
  }

  @Test
  void wrongInputsAreRefusedWhenTheGraphIsBuilt() {
    SameDiff sd = SameDiff.create();
    Ops ops = Ops.of(sd);
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 8);
    SDVariable alpha = sd.var("alpha", Nd4j.ones(DataType.FLOAT, 1));
    SDVariable eight = sd.var("eight", Nd4j.ones(DataType.FLOAT, 8));
    SDVariable seven = sd.var("seven", Nd4j.ones(DataType.FLOAT, 7));
    SDVariable wide = sd.var("wide", Nd4j.ones(DataType.DOUBLE, 8));
    int before = sd.ops().length;

    assertThatThrownBy(() -> ops.dyt("y", x, alpha, seven, eight))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("normfree_dynamic_activation")
        .hasMessageContaining("gamma has shape [7]")
        .hasMessageContaining("expected [8]")
        .hasMessageContaining("[-1, 8]");
    assertThatThrownBy(() -> ops.dyt("y", x, seven, eight, eight))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("alpha has shape [7]");
    assertThatThrownBy(() -> ops.dyt("y", x, alpha, eight, wide))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("FLOAT, FLOAT, FLOAT, DOUBLE");
    // the shape of another normfree op's output is known before the graph runs
    SDVariable first =
        ops.dyt("first", sd.var("v", Nd4j.ones(DataType.FLOAT, 2, 8)), alpha, eight, eight);
    assertThatThrownBy(() -> ops.dyt("y", first, alpha, seven, eight))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gamma has shape [7]");
    assertThat(sd.ops()).as("a refused op leaves nothing in the graph").hasSize(before + 1);
  }

  @Test
  void wrongShapesKnownOnlyAtRunTimeAreRefusedThen() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, -1);
    SDVariable gamma = sd.var("gamma", Nd4j.ones(DataType.FLOAT, 8));
    Ops.of(sd).dynamicActivation("y", Squash.TANH, x, null, null, gamma, null);
    Map<String, INDArray> seven = Map.of("x", Nd4j.ones(DataType.FLOAT, 2, 7));
    assertThatThrownBy(() -> sd.outputSingle(seven, "y"))
        .hasMessageContaining("gamma has shape [8]");
  }

  @Test
  void trainsWithSameDiffsOwnFit() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 4);
    SDVariable target = sd.placeHolder("target", DataType.FLOAT, -1, 4);
    SDVariable alpha = sd.var("alpha", Nd4j.createFromArray(0.3f));
    SDVariable gamma = sd.var("gamma", Nd4j.ones(DataType.FLOAT, 4));
    SDVariable beta = sd.var("beta", Nd4j.zeros(DataType.FLOAT, 4));
    SDVariable y = Ops.of(sd).dyt("y", x, alpha, gamma, beta);
    y.sub(target).mul(y.sub(target)).mean("loss");
    sd.setLossVariables("loss");
    sd.setTrainingConfig(
        org.nd4j.autodiff.samediff.TrainingConfig.builder()
            .updater(new org.nd4j.linalg.learning.config.Adam(0.05))
            .dataSetFeatureMapping("x")
            .dataSetLabelMapping("target")
            .build());
    INDArray input = random(17, 2, 64, 4).castTo(DataType.FLOAT);
    INDArray wanted = org.nd4j.linalg.ops.transforms.Transforms.tanh(input, true).muli(2).addi(0.5);
    org.nd4j.linalg.dataset.DataSet data = new org.nd4j.linalg.dataset.DataSet(input, wanted);
    for (int i = 0; i < 300; i++) {
      sd.fit(data);
    }
    assertThat(alpha.getArr().getDouble(0)).isBetween(0.95, 1.05);
    assertThat(gamma.getArr().meanNumber().doubleValue()).isBetween(1.9, 2.1);
    assertThat(beta.getArr().meanNumber().doubleValue()).isBetween(0.45, 0.55);
  }
}
