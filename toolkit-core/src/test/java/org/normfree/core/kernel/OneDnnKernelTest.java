package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.op.Attention;
import org.normfree.core.op.AttentionGradient;
import org.normfree.core.op.Linear;
import org.normfree.core.op.LinearGradient;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.op.Ops;
import org.normfree.core.task.Team;

class OneDnnKernelTest {
  private static final Kernel ONEDNN = new OneDnnKernel();
  private static final Kernel JAVA = new JavaKernel();
  private static final double TOLERANCE = 1e-5;

  @BeforeAll
  static void needsTheLibrary() {
    Optional<String> missing = ONEDNN.missing();
    assumeTrue(missing.isEmpty(), () -> "no oneDNN: " + missing.orElseThrow());
  }

  /** An op, its FLOAT inputs and the shapes of its outputs. */
  private record Call(NormfreeOp op, List<INDArray> inputs, List<long[]> shapes) {
    List<INDArray> by(Kernel kernel) {
      List<INDArray> outputs =
          shapes.stream().map(shape -> Nd4j.valueArrayOf(shape, 7f, DataType.FLOAT)).toList();
      assertThat(kernel.compute(op, inputs, outputs)).as("computed").isTrue();
      return outputs;
    }

    List<INDArray> inDouble() {
      op.clearArrays();
      inputs.forEach(input -> op.addInputArgument(input.castTo(DataType.DOUBLE)));
      return List.of(Nd4j.exec(op));
    }

    void agreesWithDouble() {
      close(by(ONEDNN), inDouble().subList(0, shapes.size()));
    }

    void agrees() {
      List<INDArray> expected = inDouble();
      close(by(ONEDNN), expected);
      close(by(ONEDNN), by(JAVA));
    }
  }

  private static void close(List<INDArray> actual, List<INDArray> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      INDArray wide = expected.get(i).castTo(DataType.DOUBLE);
      double scale = Math.max(wide.amaxNumber().doubleValue(), 1e-3);
      INDArray difference = actual.get(i).castTo(DataType.DOUBLE).sub(wide);
      assertThat(difference.amaxNumber().doubleValue() / scale)
          .as("output %d, shape %s", i, Arrays.toString(wide.shape()))
          .isLessThanOrEqualTo(TOLERANCE);
    }
  }

  private static INDArray random(long seed, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = random.doubles(length, -1.5, 1.5).toArray();
    return Nd4j.createFromArray(values).castTo(DataType.FLOAT).reshape(shape);
  }

  private static Call linear(boolean bias, long rows, long in, long out) {
    List<INDArray> inputs =
        new ArrayList<>(List.of(random(1, rows, in), random(2, in, out), random(3, out)));
    return new Call(new Linear(), inputs.subList(0, bias ? 3 : 2), List.of(new long[] {rows, out}));
  }

  private static Call linearGradient(boolean bias, long rows, long in, long out) {
    LinearGradient op = new LinearGradient();
    op.addBArgument(bias);
    List<long[]> shapes =
        List.of(new long[] {rows, in}, new long[] {in, out}, new long[] {out})
            .subList(0, bias ? 3 : 2);
    return new Call(
        op, List.of(random(1, rows, in), random(2, in, out), random(3, rows, out)), shapes);
  }

  private static Call attention(long batch, long heads, long tokens, long keys, long width) {
    Attention op = new Attention();
    op.addIArgument(heads);
    long[] query = {batch, tokens, heads * width};
    long[] key = {batch, keys, heads * width};
    return new Call(op, List.of(random(1, query), random(2, key), random(3, key)), List.of(query));
  }

  private static Call attentionGradient(
      long batch, long heads, long tokens, long keys, long width) {
    AttentionGradient op = new AttentionGradient();
    op.addIArgument(heads);
    long[] query = {batch, tokens, heads * width};
    long[] key = {batch, keys, heads * width};
    return new Call(
        op,
        List.of(random(1, query), random(2, key), random(3, key), random(4, query)),
        List.of(query, key, key));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1, 7, 1",
    "7, 1, 5",
    "5, 3, 1",
    "1, 1, 64",
    "31, 13, 17",
    "257, 61, 3",
    "1, 127, 31",
    "128, 64, 256",
    "1021, 67, 131"
  })
  void linearMapsAgree(long rows, long in, long out) {
    for (boolean bias : new boolean[] {true, false}) {
      linear(bias, rows, in, out).agrees();
      linearGradient(bias, rows, in, out).agrees();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, 1",
    "2, 1, 5, 1, 3",
    "1, 3, 1, 7, 2",
    "3, 2, 13, 17, 5",
    "2, 5, 31, 31, 1",
    "2, 4, 16, 16, 16",
    "2, 3, 64, 64, 64",
    "1, 2, 127, 61, 7"
  })
  void attentionAgrees(long batch, long heads, long tokens, long keys, long width) {
    attention(batch, heads, tokens, keys, width).agrees();
    attentionGradient(batch, heads, tokens, keys, width).agrees();
  }

  @Test
  void aBatchWhoseScoresExceedTheScratchMemoryGoesInParts() {
    for (Call call : List.of(attention(3, 2, 900, 800, 3), attentionGradient(3, 2, 900, 800, 3))) {
      close(call.by(ONEDNN), call.inDouble());
    }
  }

  @Test
  void sequencesWhoseWeightsAreNotKeptAgree() {
    for (Call call :
        List.of(attention(1, 2, 1031, 1049, 5), attentionGradient(1, 2, 1031, 1049, 5))) {
      close(call.by(ONEDNN), call.inDouble());
    }
  }

  /** With a mask that hides all keys of one element, and with keys that only the mask hides. */
  @ParameterizedTest
  @CsvSource({
    "true, false, false, 7, 7", "true, false, true, 5, 9", "false, true, false, 7, 5",
    "true, true, false, 6, 6", "true, true, true, 5, 7", "false, false, true, 3, 11",
    "true, true, true, 190, 233", "true, false, false, 257, 257", "false, true, true, 131, 331"
  })
  void attentionWithOptionsAgrees(
      boolean causal, boolean masked, boolean noisy, int tokens, int keys) {
    long batch = 5;
    INDArray query = random(1, batch, tokens, 6);
    INDArray key = random(2, batch, keys, 6);
    INDArray value = random(3, batch, keys, 6);
    INDArray mask = random(4, batch, keys).gt(0).castTo(DataType.FLOAT);
    mask.getRow(1).assign(0);
    mask.putScalar(2, 0, 0);
    INDArray noise = random(5, batch, 2, tokens, keys).gt(-0.5).castTo(DataType.FLOAT).muli(1.5);
    Attention op =
        new Attention(query, key, value, 2, causal, masked ? mask : null, noisy ? noise : null);
    List<INDArray> inputs = new ArrayList<>(op.inputArguments());
    new Call(op, inputs, List.of(query.shape())).agreesWithDouble();
    SameDiff sd = SameDiff.create();
    SDVariable y =
        Ops.of(sd)
            .attention(
                "y",
                sd.var("q", query),
                sd.var("k", key),
                sd.var("v", value),
                2,
                causal,
                masked ? sd.constant(mask) : null,
                noisy ? sd.constant(noise) : null);
    y.sum("loss");
    sd.setLossVariables("loss");
    sd.createGradFunction();
    NormfreeOp gradient =
        sd.getFunction("grad").getOps().values().stream()
            .map(o -> o.getOp())
            .filter(AttentionGradient.class::isInstance)
            .map(NormfreeOp.class::cast)
            .findFirst()
            .orElseThrow();
    inputs.add(random(6, batch, tokens, 6));
    new Call(gradient, inputs, List.of(query.shape(), key.shape(), key.shape())).agreesWithDouble();
  }

  @Test
  void attentionIsPreciseWhereOneKeyDominates() {
    Call call = attention(2, 2, 7, 5, 3);
    call.inputs.get(0).muli(40);
    call.agrees();
    Call gradient = attentionGradient(2, 2, 7, 5, 3);
    gradient.inputs.get(0).muli(40);
    close(gradient.by(ONEDNN), gradient.by(JAVA));
  }

  @Test
  void notANumberIsPassedOn() {
    for (Call call : List.of(attention(1, 1, 3, 5, 4), attentionGradient(1, 1, 3, 5, 4))) {
      call.inputs.get(0).putScalar(new long[] {0, 1, 2}, Float.NaN);
      INDArray rows = call.by(ONEDNN).get(0);
      assertThat(rows.get(NDArrayIndex.point(0), NDArrayIndex.point(1)).isNaN().all()).isTrue();
      assertThat(rows.get(NDArrayIndex.point(0), NDArrayIndex.point(0)).isNaN().none()).isTrue();
    }
  }

  @Test
  void readsAndWritesRowsOfALargerArray() {
    Call whole = linear(true, 5, 3, 7);
    INDArray larger = random(9, 11, 3);
    INDArray part = larger.get(NDArrayIndex.interval(4, 9), NDArrayIndex.all());
    part.assign(whole.inputs.get(0));
    INDArray result = Nd4j.valueArrayOf(new long[] {9, 7}, 2f, DataType.FLOAT);
    INDArray rows = result.get(NDArrayIndex.interval(2, 7), NDArrayIndex.all());
    List<INDArray> inputs = List.of(part, whole.inputs.get(1), whole.inputs.get(2));
    assertThat(ONEDNN.compute(whole.op, inputs, List.of(rows))).isTrue();
    assertThat(rows.dup()).isEqualTo(whole.by(ONEDNN).get(0));
    for (long row : new long[] {0, 1, 7, 8}) {
      assertThat(result.getRow(row)).isEqualTo(Nd4j.valueArrayOf(7, 2f).castTo(DataType.FLOAT));
    }
  }

  @Test
  void leavesTheRestToOthers() {
    Call call = linear(true, 2, 3, 4);
    List<INDArray> wide = call.inputs.stream().map(x -> x.castTo(DataType.DOUBLE)).toList();
    assertThat(ONEDNN.compute(call.op, wide, call.inDouble())).isFalse();
    List<INDArray> columnMajor = call.inputs.stream().map(x -> x.dup('f')).toList();
    assertThat(ONEDNN.compute(call.op, columnMajor, call.by(ONEDNN))).isFalse();
  }

  @Test
  void theSameBitsEveryTimeWhileShapesChange() {
    List<Call> calls = new ArrayList<>();
    for (long size = 1; size <= 12; size++) {
      calls.add(linear(true, 3 * size, size, 13 - size));
      calls.add(linearGradient(true, 300 + size, size, 13 - size));
      calls.add(attention(2, 2, size, 13 - size, 3));
      calls.add(attentionGradient(2, 2, size, 13 - size, 3));
    }
    calls.add(linearGradient(true, 4099, 16, 16));
    List<List<INDArray>> first = calls.stream().map(call -> call.by(ONEDNN)).toList();
    for (int again = 0; again < 3; again++) {
      assertThat(calls.stream().map(call -> call.by(ONEDNN)).toList()).isEqualTo(first);
    }
  }

  @Test
  void moreShapesThanAreKept() {
    INDArray first = linear(false, 1, 2, 3).by(ONEDNN).get(0);
    for (int rows = 2; rows < 300; rows++) {
      INDArray y = linear(false, rows, 2, 3).by(ONEDNN).get(0);
      assertThat(y.getRow(0).reshape(1, 3)).isEqualTo(first);
    }
    assertThat(linear(false, 1, 2, 3).by(ONEDNN).get(0)).isEqualTo(first);
  }

  @Test
  void threadsAtOnceComputeTheBitsOfOneAlone() throws Exception {
    List<List<Call>> work = new ArrayList<>();
    for (long width : new long[] {5, 8}) {
      work.add(
          List.of(
              linear(true, 67, width, 31),
              linearGradient(true, 67, width, 31),
              attentionGradient(3, 2, 17, 19, width)));
    }
    List<List<List<INDArray>>> alone = work.stream().map(OneDnnKernelTest::all).toList();
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      CyclicBarrier start = new CyclicBarrier(work.size());
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < work.size(); i++) {
        List<Call> calls = work.get(i);
        List<List<INDArray>> expected = alone.get(i);
        tasks.add(
            () -> {
              start.await(30, TimeUnit.SECONDS);
              boolean same = true;
              for (int again = 0; again < 50; again++) {
                same &= all(calls).equals(expected);
              }
              return same;
            });
      }
      for (Future<Boolean> same : threads.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
        assertThat(same.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<List<INDArray>> all(List<Call> calls) {
    return calls.stream().map(call -> call.by(ONEDNN)).toList();
  }

  @Test
  void teamsOfAnySizeAgree() {
    int before = Team.size();
    List<Call> calls =
        List.of(
            linear(true, 509, 61, 67),
            linearGradient(true, 67, 61, 509),
            linearGradient(false, 3, 2, 5),
            attentionGradient(2, 2, 17, 19, 5));
    try {
      for (int threads : new int[] {1, 3, 2, 1}) {
        Team.size(threads);
        calls.forEach(call -> close(call.by(ONEDNN), call.inDouble()));
      }
    } finally {
      Team.size(before);
    }
  }

  /** Only so does ND4J's setting of the number of threads reach oneDNN. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void sharesTheOpenMpLibraryWithNd4j() throws IOException {
    Nd4j.zeros(DataType.FLOAT, 1);
    ONEDNN.missing();
    try (Stream<String> mapped = Files.lines(Path.of("/proc/self/maps"))) {
      List<String> libraries =
          mapped
              .filter(line -> line.contains("/"))
              .map(line -> line.substring(line.indexOf('/')))
              .distinct()
              .toList();
      assertThat(libraries).anyMatch(library -> library.contains("libdnnl"));
      assertThat(libraries).anyMatch(library -> library.contains("libnd4jcpu"));
      assertThat(libraries).filteredOn(library -> library.contains("libgomp")).hasSize(1);
    }
  }
}
