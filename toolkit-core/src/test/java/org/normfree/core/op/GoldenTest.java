package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.normfree.core.op.OpContract.assertClose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.record.Json;

/**
 * Forward and each gradient against numbers made outside of Java: {@code golden.json} beside this
 * class, computed by {@code golden.py}, and the vectors of the methods' official code in {@code
 * shared/golden}, where that folder exists ({@code -Dnormfree.golden=} names another).
 */
class GoldenTest {
  private static final Map<DataType, Double> TOLERANCES =
      Map.of(DataType.DOUBLE, 1e-12, DataType.FLOAT, 1e-5);

  @TestFactory
  Stream<DynamicTest> agreesWithTheCommittedVectors() throws IOException {
    try (InputStream file = GoldenTest.class.getResourceAsStream("golden.json")) {
      return tests("golden.json", Json.MAPPER.readTree(file)).stream();
    }
  }

  @TestFactory
  Stream<DynamicTest> agreesWithTheOfficialCode() throws IOException {
    Optional<Path> folder = officialFolder();
    assumeTrue(folder.isPresent(), "no shared/golden beside the repository");
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.orElseThrow())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        JsonNode cases = Json.MAPPER.readTree(file.toFile());
        tests.addAll(tests(file.getFileName().toString(), cases));
      }
    }
    assertThat(tests).as("cases in " + folder).isNotEmpty();
    return tests.stream();
  }

  private static Optional<Path> officialFolder() {
    String named = System.getProperty("normfree.golden");
    Stream<Path> places =
        named == null
            ? Stream.of("..", "../..", "../../..").map(up -> Path.of(up, "shared", "golden"))
            : Stream.of(Path.of(named));
    return places.filter(Files::isDirectory).findFirst();
  }

  /** A wrong number in a file must be noticed, else this whole class proves nothing. */
  @Test
  void aChangedNumberIsNoticed() throws IOException {
    JsonNode cases;
    try (InputStream file = GoldenTest.class.getResourceAsStream("golden.json")) {
      cases = Json.MAPPER.readTree(file);
    }
    JsonNode first = cases.get(0);
    ((ArrayNode) first.get("dx").get("data")).set(3, 0.123);
    assertThatThrownBy(() -> check(first, DataType.DOUBLE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("dx");
  }

  private static List<DynamicTest> tests(String file, JsonNode cases) {
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      JsonNode golden = cases.get(i);
      for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
        String name =
            "%s case %s, %s %s".formatted(file, i, golden.get("kind").asText(), type.name());
        tests.add(DynamicTest.dynamicTest(name, () -> check(golden, type)));
      }
    }
    return tests;
  }

  private static void check(JsonNode golden, DataType type) {
    if (golden.get("kind").asText().equals("sigma_reparam")) {
      checkSigmaReparam(golden, type);
      return;
    }
    SameDiff sd = SameDiff.create();
    Map<String, SDVariable> inputs = new LinkedHashMap<>();
    golden
        .fieldNames()
        .forEachRemaining(
            field -> {
              if (golden.has("d" + field)) {
                inputs.put(field, sd.var(field, tensor(golden.get(field), type)));
              }
            });
    SDVariable y = build(sd, golden, inputs);
    agrees(sd, y, golden, inputs.keySet(), type);
  }

  private static SDVariable build(SameDiff sd, JsonNode golden, Map<String, SDVariable> in) {
    Ops ops = Ops.of(sd);
    SDVariable x = in.get("x");
    double epsilon = golden.path("eps").asDouble();
    return switch (golden.get("kind").asText()) {
      case "dyt" -> {
        boolean last = golden.get("channelsLast").asBoolean();
        SDVariable y =
            ops.dyt(
                null,
                last ? x : sd.permute(x, 0, 2, 3, 1),
                in.get("alpha"),
                in.get("gamma"),
                in.get("beta"));
        yield last ? y : sd.permute(y, 0, 3, 1, 2);
      }
      case "activation" ->
          ops.dynamicActivation(
              null,
              Squash.valueOf(golden.get("squash").asText()),
              x,
              in.get("alpha"),
              in.get("shift"),
              in.get("gamma"),
              in.get("beta"));
      case "deepnorm" ->
          ops.deepNorm(
              null,
              x,
              in.get("branch"),
              golden.get("alpha").asDouble(),
              in.get("gain"),
              in.get("bias"),
              epsilon);
      case "layernorm" -> ops.layerNorm(null, x, in.get("gain"), in.get("bias"), epsilon);
      case "rmsnorm" -> ops.rmsNorm(null, x, in.get("gain"), epsilon);
      case "gelu" -> ops.gelu(null, x);
      case "linear" -> ops.linear(null, x, in.get("weight"), in.get("bias"));
      default -> throw new AssertionError("no op for " + golden.get("kind"));
    };
  }

  /** A linear layer under σReparam, trained by SGD; the file's weights are [out, in]. */
  private static void checkSigmaReparam(JsonNode golden, DataType type) {
    INDArray weight = tensor(golden.get("W0"), type).transpose().dup('c');
    INDArray u = tensor(golden.get("u0"), type);
    INDArray gamma = tensor(golden.get("gamma0"), type);
    INDArray bias = tensor(golden.get("bias0"), type);
    double rate = golden.get("lr").asDouble();
    assertThat(golden.get("steps")).hasSize(3);
    for (JsonNode step : golden.get("steps")) {
      SameDiff sd = SameDiff.create();
      SDVariable x = sd.var("x", tensor(step.get("x"), type));
      SDVariable stored = sd.var("W", weight.transpose().dup('c'));
      SDVariable[] reparametrized =
          Ops.of(sd)
              .sigmaReparam(
                  "hat",
                  sd.permute(stored, 1, 0),
                  sd.constant("u", u),
                  sd.var("gamma", gamma.dup()));
      SDVariable y = Ops.of(sd).linear(null, x, reparametrized[0], sd.var("bias", bias.dup()));
      Map<String, INDArray> gradients =
          agrees(sd, y, step, List.of("x", "W", "gamma", "bias"), type);
      u = sd.outputSingle(Map.of(), reparametrized[1].name()).dup();
      assertClose("u_after", u, tensor(step.get("u_after"), DataType.DOUBLE), TOLERANCES.get(type));
      weight.subi(gradients.get("W").transpose().mul(rate));
      gamma.subi(gradients.get("gamma").mul(rate));
      bias.subi(gradients.get("bias").mul(rate));
    }
  }

  /** Compares y and the gradient of {@code Σ upstream·y} for each input; returns the gradients. */
  private static Map<String, INDArray> agrees(
      SameDiff sd, SDVariable y, JsonNode golden, Iterable<String> inputs, DataType type) {
    y.mul(sd.constant("upstream", tensor(golden.get("upstream"), type))).sum("loss");
    sd.setLossVariables("loss");
    double tolerance = TOLERANCES.get(type);
    INDArray value = sd.outputSingle(Map.of(), y.name());
    assertClose("y", value, tensor(golden.get("y"), DataType.DOUBLE), tolerance);
    List<String> names = new ArrayList<>();
    inputs.forEach(names::add);
    Map<String, INDArray> gradients = sd.calculateGradients(Map.of(), names.toArray(String[]::new));
    for (String name : names) {
      INDArray expected = tensor(golden.get("d" + name), DataType.DOUBLE);
      assertClose("d" + name, gradients.get(name), expected, tolerance);
    }
    return gradients;
  }

  /** A {@code {shape, data}} tensor; a plain number is one of shape [1]. */
  private static INDArray tensor(JsonNode node, DataType type) {
    if (node.isNumber()) {
      return Nd4j.createFromArray(node.asDouble()).castTo(type);
    }
    long[] shape = Json.MAPPER.convertValue(node.get("shape"), long[].class);
    double[] data = Json.MAPPER.convertValue(node.get("data"), double[].class);
    return Nd4j.createFromArray(data).reshape(shape).castTo(type);
  }
}
