package org.normfree.core.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.InputException;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.kernel.OneDnnKernel;
import org.normfree.core.op.Ops;

class CompiledExecutorTest {
  private static INDArray random(long seed, long... shape) {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    return Nd4j.createFromArray(new SplittableRandom(seed).doubles(length, -1, 1).toArray())
        .reshape(shape);
  }

  private static CompiledExecutor compiled(SameDiff graph) {
    return new CompiledExecutor(graph, CompilerSettings.of(2));
  }

  private static void same(INDArray actual, INDArray expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.dataType()).isEqualTo(expected.dataType());
    INDArray difference = actual.castTo(DataType.DOUBLE).sub(expected.castTo(DataType.DOUBLE));
    assertThat(difference.amaxNumber().doubleValue()).isLessThan(1e-6);
  }

  /** Compares all arrays of a graph and its gradients with SameDiff's own session. */
  private static void agrees(SameDiff graph, Map<String, INDArray> in, List<String> names) {
    try (GraphExecutor stock = new StockExecutor(graph);
        CompiledExecutor compiled = compiled(graph)) {
      Map<String, INDArray> expected = stock.output(in, names);
      Map<String, INDArray> actual = compiled.output(in, names);
      names.forEach(name -> same(actual.get(name), expected.get(name)));
      if (!graph.getLossVariables().isEmpty()) {
        GraphExecutor.Pass exact = stock.gradients(in, names);
        GraphExecutor.Pass fast = compiled.gradients(in, names);
        names.forEach(name -> same(fast.outputs().get(name), exact.outputs().get(name)));
        assertThat(fast.gradients().keySet()).isEqualTo(exact.gradients().keySet());
        exact.gradients().forEach((name, g) -> same(fast.gradients().get(name), g));
      }
      assertThat(compiled.explain()).isNotBlank();
    }
  }

  @Test
  void opsThatNoKernelKnowsRunThroughNd4j() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 6);
    SDVariable w = sd.var("w", random(1, 6, 5).castTo(DataType.FLOAT));
    SDVariable h = x.mmul("h", w);
    SDVariable s = sd.math.sin("s", h);
    SDVariable c = sd.cumsum("c", s, 1);
    SDVariable m = sd.math.max("m", c, sd.math.square(h));
    SDVariable p = sd.nn.softmax("p", m, 1);
    SDVariable norm = p.norm2("norm", 1);
    norm.mean("loss");
    sd.setLossVariables("loss");
    Map<String, INDArray> in = Map.of("x", random(2, 7, 6).castTo(DataType.FLOAT));
    agrees(sd, in, List.of("h", "s", "c", "m", "p", "norm", "loss"));
  }

  @Test
  void shapesOfViewsSlicesAndBroadcasts() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 4, 6);
    SDVariable row = sd.var("row", random(1, 6).castTo(DataType.FLOAT));
    SDVariable positions = sd.var("positions", random(2, 1, 4, 6).castTo(DataType.FLOAT));
    SDVariable scalar = sd.var("scalar", random(3, 1).castTo(DataType.FLOAT));
    SDVariable column = sd.var("column", random(4, 4, 1).castTo(DataType.FLOAT));
    SDVariable a = x.add(row).add("a", positions);
    SDVariable b = a.mul(scalar).mul("b", row);
    SDVariable c = b.mul("c", column);
    SDVariable d = c.permute(0, 2, 1).reshape(-1, 12).add(scalar).mul("d", 0.5);
    SDVariable e =
        d.get(SDIndex.all(), SDIndex.interval(2, 9))
            .mul("e", d.get(SDIndex.all(), SDIndex.interval(5, 12)));
    SDVariable f = sd.concat("f", 1, e, sd.math.neg(e), sd.zerosLike(e));
    SDVariable g = sd.stack("g", 1, f, f.sub(1));
    g.std("loss", true);
    sd.setLossVariables("loss");
    for (int batch : new int[] {3, 1}) {
      Map<String, INDArray> in = Map.of("x", random(5, batch, 4, 6).castTo(DataType.FLOAT));
      agrees(sd, in, List.of("a", "b", "c", "d", "e", "f", "g", "loss"));
    }
  }

  @Test
  void convolutionsAndPoolingsRunByKernels() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 3, 9, 7);
    SDVariable w = sd.var("w", random(1, 3, 3, 3, 5).castTo(DataType.FLOAT));
    SDVariable b = sd.var("b", random(2, 5).castTo(DataType.FLOAT));
    Conv2DConfig same = Conv2DConfig.builder().kH(3).kW(3).paddingMode(PaddingMode.SAME).build();
    SDVariable c = sd.cnn.conv2d("c", x, w, b, same);
    Pooling2DConfig pool = Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).build();
    SDVariable p = sd.cnn.maxPooling2d("p", sd.math.tanh(c), pool);
    sd.math.square(p).mean("loss");
    sd.setLossVariables("loss");
    Map<String, INDArray> in = Map.of("x", random(3, 4, 3, 9, 7).castTo(DataType.FLOAT));
    agrees(sd, in, List.of("c", "p", "loss"));
    try (CompiledExecutor compiled = compiled(sd)) {
      compiled.gradients(in, List.of("loss"));
      if (new OneDnnKernel().missing().isEmpty()) {
        assertThat(compiled.explain()).containsPattern("onednn +conv2d_bp");
      }
    }
  }

  private static SameDiff small() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 5);
    SDVariable w = sd.var("w", random(1, 5, 3).castTo(DataType.FLOAT));
    SDVariable b = sd.var("b", random(2, 3).castTo(DataType.FLOAT));
    SDVariable y = Ops.of(sd).linear("y", x, w, b);
    sd.math.square(y).mean("loss");
    sd.setLossVariables("loss");
    return sd;
  }

  @Test
  void theBatchSizeMayChangeFromCallToCall() {
    SameDiff sd = small();
    try (CompiledExecutor compiled = compiled(sd);
        GraphExecutor stock = new StockExecutor(sd)) {
      for (int batch : new int[] {4, 7, 1, 4, 2, 9, 3, 5, 6, 8, 4}) {
        Map<String, INDArray> in = Map.of("x", random(batch, batch, 5).castTo(DataType.FLOAT));
        GraphExecutor.Pass fast = compiled.gradients(in, List.of("y"));
        GraphExecutor.Pass exact = stock.gradients(in, List.of("y"));
        same(fast.outputs().get("y"), exact.outputs().get("y"));
        same(fast.gradients().get("w"), exact.gradients().get("w"));
      }
    }
  }

  /**
   * A backward pass writes as much as it frees, but results lie apart from what is needed during a
   * run: it takes more than is ever in use at a time. That was held against it, so that every
   * evaluation drove out the plan of the training steps, and the next step that of the evaluation.
   */
  @Test
  void evaluationsAndStepsInTurnKeepTheirPlans() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 3000);
    SDVariable large = sd.var("large", random(1, 3000, 2000).castTo(DataType.FLOAT));
    SDVariable small = sd.constant("small", random(2, 1, 100).castTo(DataType.FLOAT));
    // what the second layer keeps is no longer needed when the first one's gradient is written
    SDVariable h = sd.math.tanh(x.mmul(large).reshape(-1, 1).mmul(small));
    sd.math.square(h).mean("loss");
    sd.setLossVariables("loss");
    Map<String, INDArray> in = Map.of("x", random(3, 8, 3000).castTo(DataType.FLOAT));
    try (CompiledExecutor executor = compiled(sd)) {
      double loss = executor.output(in, List.of("loss")).get("loss").getDouble(0);
      executor.gradients(in, List.of("loss"));
      executor.output(in, List.of("loss"));
      for (int turn = 0; turn < 2; turn++) {
        assertThat(executor.plans()).isEqualTo(2);
        executor.gradients(in, List.of("loss"));
        assertThat(executor.plans()).isEqualTo(2);
        assertThat(executor.output(in, List.of("loss")).get("loss").getDouble(0)).isEqualTo(loss);
      }
    }
  }

  /** However few rows there are for however many threads. */
  @Test
  void whatBroadcastsIsTheSameForTeamsOfAnySize() {
    long[][][] shapes = {
      {{2, 5, 7}, {1}},
      {{2, 5, 7}, {7}},
      {{3, 5, 7}, {1, 5, 7}},
      {{3, 5, 7}, {5, 7}},
      {{2, 17, 8}, {2, 1, 8}},
      {{1, 17, 8}, {17, 1}},
      {{1, 1, 33}, {1, 1, 33}},
      {{1, 1, 1}, {1}},
      {{257}, {1}},
      {{4, 3, 2, 5}, {4, 1, 1, 5}}
    };
    for (long[][] pair : shapes) {
      SameDiff sd = SameDiff.create();
      SDVariable x = sd.placeHolder("x", DataType.FLOAT, pair[0]);
      SDVariable b = sd.var("b", random(1, pair[1]).castTo(DataType.FLOAT));
      x.mul("product", b);
      x.add("sum", b);
      x.sub("difference", b);
      Map<String, INDArray> in = Map.of("x", random(2, pair[0]).castTo(DataType.FLOAT));
      INDArray value = b.getArr();
      Map<String, INDArray> expected =
          Map.of(
              "product", in.get("x").mul(value),
              "sum", in.get("x").add(value),
              "difference", in.get("x").sub(value));
      for (int threads : new int[] {1, 2, 3, 5}) {
        try (CompiledExecutor executor = new CompiledExecutor(sd, CompilerSettings.of(threads))) {
          Map<String, INDArray> actual = executor.output(in, List.copyOf(expected.keySet()));
          expected.forEach((name, array) -> assertThat(actual.get(name)).isEqualTo(array));
        }
      }
    }
  }

  @Test
  void placeholdersMayBeViewsOfAnyOrder() {
    SameDiff sd = small();
    INDArray wide = random(3, 9, 11).castTo(DataType.FLOAT);
    INDArray view = wide.get(NDArrayIndex.interval(2, 6), NDArrayIndex.interval(1, 2, 11));
    INDArray turned = random(4, 5, 6).castTo(DataType.FLOAT).transpose();
    try (CompiledExecutor compiled = compiled(sd)) {
      for (INDArray x : List.of(view, turned, turned.dup('f'))) {
        INDArray expected =
            x.dup('c').mmul(sd.getArrForVarName("w")).addiRowVector(sd.getArrForVarName("b"));
        same(compiled.output(Map.of("x", x), List.of("y")).get("y"), expected);
      }
    }
  }

  @Test
  void changedAndReplacedVariablesAreSeen() {
    SameDiff sd = small();
    Map<String, INDArray> in = Map.of("x", random(3, 4, 5).castTo(DataType.FLOAT));
    try (CompiledExecutor compiled = compiled(sd)) {
      INDArray before = compiled.output(in, List.of("y")).get("y").dup();
      sd.getArrForVarName("b").addi(1);
      same(compiled.output(in, List.of("y")).get("y"), before.add(1));
      sd.associateArrayWithVariable(sd.getArrForVarName("b").add(1), "b");
      same(compiled.output(in, List.of("y")).get("y"), before.add(2));
      sd.associateArrayWithVariable(sd.getArrForVarName("w").dup('f'), "w");
      same(compiled.output(in, List.of("y")).get("y"), before.add(2));
    }
  }

  /** The norms do what stands behind them, and their gradients what stands before those. */
  @Test
  void aResidualBlockIsNormsAndProducts() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.var("x", random(1, 70, 19).castTo(DataType.FLOAT));
    SDVariable w = sd.var("w", random(2, 19, 19).castTo(DataType.FLOAT));
    SDVariable h = Ops.of(sd).linear(null, x, w, null);
    SDVariable gain = sd.var("gain", random(3, 19).castTo(DataType.FLOAT));
    SDVariable inner = Ops.of(sd).batchNorm("inner", h, gain, null, 1e-5)[0];
    SDVariable product = Ops.of(sd).linear(null, sd.nn.relu(inner, 0), w, null);
    SDVariable[] outer = Ops.of(sd).batchNorm("outer", product, null, gain, 1e-5);
    SDVariable y = sd.nn.relu("y", h.add(outer[0]), 0);
    y.mul(x).mean().add("loss", outer[1].mean());
    sd.setLossVariables("loss");
    agrees(sd, Map.of(), List.of("loss", "y"));
    try (CompiledExecutor compiled = compiled(sd)) {
      compiled.gradients(Map.of(), List.of("loss"));
      assertThat(compiled.explain())
          .contains("normfree_batch_norm_gradient")
          .doesNotContain(" normfree_rectifier", " relu ", " thresholdedrelu");
      // what is wanted itself is not taken over
      compiled.gradients(Map.of(), List.of("loss", inner.name()));
      assertThat(compiled.explain()).contains("normfree_rectifier ");
    }
  }

  @Test
  void constantsAreFoldedUnlessTheyMove() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, 2);
    SDVariable state = sd.constant("state", Nd4j.createFromArray(1f, 2f));
    SDVariable fixed = sd.constant("fixed", Nd4j.createFromArray(3f, 4f));
    sd.math.exp(fixed).add(sd.math.square(state)).add("y", x);
    CompilerSettings plain = CompilerSettings.of(1);
    CompilerSettings settings =
        new CompilerSettings(1, plain.precision(), plain.kernels(), Set.of("state"), false);
    Map<String, INDArray> in = Map.of("x", Nd4j.createFromArray(0f, 0f));
    try (CompiledExecutor compiled = new CompiledExecutor(sd, settings)) {
      INDArray before = compiled.output(in, List.of("y")).get("y").dup();
      assertThat(compiled.explain()).doesNotContain(" exp ").contains("square");
      sd.getArrForVarName("state").assign(Nd4j.createFromArray(2f, 3f));
      same(compiled.output(in, List.of("y")).get("y"), before.add(Nd4j.createFromArray(3f, 5f)));
    }
  }

  @Test
  void controlFlowAndDynamicShapesAreLeftToTheSession() {
    SameDiff branches = SameDiff.create();
    SDVariable x = branches.placeHolder("x", DataType.FLOAT, 3);
    branches.ifCond("y", null, sd -> x.sum().gt(0), sd -> x.mul(2), sd -> x.mul(3));
    try (CompiledExecutor compiled = compiled(branches)) {
      for (float sign : new float[] {1, -1}) {
        INDArray value = Nd4j.createFromArray(1f, 2f, 3f).mul(sign);
        INDArray y = compiled.output(Map.of("x", value), List.of("y")).get("y");
        same(y, value.mul(sign > 0 ? 2 : 3));
      }
      assertThatThrownBy(compiled::explain).hasMessageContaining("SameDiff's own session");
    }
    SameDiff dynamic = SameDiff.create();
    SDVariable ids = dynamic.placeHolder("ids", DataType.INT32, 1);
    dynamic.reshape(
        "y",
        dynamic.constant(random(1, 12)),
        dynamic.concat(0, ids, dynamic.constant(Nd4j.createFromArray(-1))));
    try (CompiledExecutor compiled = compiled(dynamic)) {
      for (int rows : new int[] {3, 4}) {
        INDArray y =
            compiled.output(Map.of("ids", Nd4j.createFromArray(rows)), List.of("y")).get("y");
        assertThat(y.shape()).containsExactly(rows, 12 / rows);
      }
    }
  }

  /** Forward only: ND4J 1.0.0-M2.1 cannot run its own gradient of a gather. */
  @Test
  void integersMayBeLookedUp() {
    SameDiff sd = SameDiff.create();
    SDVariable ids = sd.placeHolder("ids", DataType.INT32, -1);
    SDVariable table = sd.var("table", random(1, 7, 3).castTo(DataType.FLOAT));
    sd.gather("rows", table, ids, 0).mean("mean");
    agrees(sd, Map.of("ids", Nd4j.createFromArray(6, 0, 6, 3)), List.of("rows", "mean"));
  }

  @Test
  void mistakesAreNamed() {
    SameDiff sd = small();
    Map<String, INDArray> in = Map.of("x", random(3, 4, 5).castTo(DataType.FLOAT));
    CompiledExecutor compiled = compiled(sd);
    assertThatThrownBy(() -> compiled.output(in, List.of("z")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no variable z");
    assertThatThrownBy(() -> compiled.output(Map.of(), List.of("y")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no value for placeholder x");
    assertThatThrownBy(
            () ->
                compiled.output(Map.of("x", random(3, 4, 6).castTo(DataType.FLOAT)), List.of("y")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[4, 6]");
    compiled.output(in, List.of("y"));
    compiled.close();
    compiled.close();
    assertThatThrownBy(() -> compiled.output(in, List.of("y")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was closed");
    assertThatThrownBy(() -> compiled.gradients(in, List.of("y")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("make a new one");
    assertThatThrownBy(() -> CompilerSettings.of(0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("threads is 0; expected at least 1");
    assertThatThrownBy(
            () -> new CompilerSettings(1, Precision.BF16, Kernels.load("nd4j"), Set.of(), false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("precision=bf16 cannot run here")
        .hasMessageContaining("use precision=float32");
  }
}
