package org.normfree.core.golden;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.op.Ops;
import org.normfree.core.op.Squash;
import org.normfree.core.record.Json;

/**
 * Forward and each gradient of the ops against numbers made outside of Java: {@code golden.json}
 * beside this class, computed by {@code golden.py}, and the vectors of the methods' official code
 * at the top of {@code shared/golden}.
 */
class GoldenTest {
  private static GoldenFolder folder() {
    GoldenFolder folder = new GoldenFolder("", 1e-12, 1e-5);
    for (String kind :
        List.of("dyt", "activation", "deepnorm", "layernorm", "rmsnorm", "gelu", "linear")) {
      folder.kind(kind, GoldenTest::checkOp);
    }
    return folder.kind("sigma_reparam", GoldenTest::checkSigmaReparam);
  }

  @TestFactory
  Stream<? extends DynamicNode> agreesWithTheCommittedVectors() throws IOException {
    try (InputStream file = GoldenTest.class.getResourceAsStream("golden.json")) {
      return folder().tests("golden.json", Json.MAPPER.readTree(file)).stream();
    }
  }

  @TestFactory
  Stream<DynamicNode> agreesWithTheOfficialCode() throws IOException {
    return folder().tests();
  }

  private static void checkOp(GoldenCase golden) {
    SameDiff sd = SameDiff.create();
    Map<String, SDVariable> inputs = new LinkedHashMap<>();
    for (String field : golden.names("")) {
      if (golden.has("d" + field)) {
        inputs.put(field, sd.var(field, golden.tensor(field)));
      }
    }
    agrees(sd, build(sd, golden, inputs), golden, List.copyOf(inputs.keySet()));
  }

  private static SDVariable build(SameDiff sd, GoldenCase golden, Map<String, SDVariable> in) {
    Ops ops = Ops.of(sd);
    SDVariable x = in.get("x");
    return switch (golden.kind()) {
      case "dyt" -> {
        boolean last = golden.flag("channelsLast");
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
              Squash.valueOf(golden.text("squash")),
              x,
              in.get("alpha"),
              in.get("shift"),
              in.get("gamma"),
              in.get("beta"));
      case "deepnorm" -> {
        if (golden.has("layers")) {
          golden.compareNumbers("alpha", Math.pow(2.0 * golden.integer("layers"), 0.25));
        }
        yield ops.deepNorm(
            null,
            x,
            in.get("branch"),
            golden.number("alpha"),
            in.get("gain"),
            in.get("bias"),
            golden.number("eps"));
      }
      case "layernorm" ->
          ops.layerNorm(null, x, in.get("gain"), in.get("bias"), golden.number("eps"));
      case "rmsnorm" -> ops.rmsNorm(null, x, in.get("gain"), golden.number("eps"));
      case "gelu" -> ops.gelu(null, x);
      case "linear" -> ops.linear(null, x, in.get("weight"), in.get("bias"));
      default -> throw new AssertionError("no op for " + golden.kind());
    };
  }

  /** A linear layer under σReparam, trained by SGD; the file's weights are [out, in]. */
  private static void checkSigmaReparam(GoldenCase golden) {
    golden.ignore("layout"); // a remark
    INDArray weight = golden.tensor("W0");
    INDArray u = golden.tensor("u0");
    INDArray gamma = golden.tensor("gamma0");
    INDArray bias = golden.tensor("bias0");
    double rate = golden.number("lr");
    for (int i = 0; i < golden.size("steps"); i++) {
      GoldenCase step = golden.at("steps/" + i);
      SameDiff sd = SameDiff.create();
      SDVariable x = sd.var("x", step.tensor("x"));
      SDVariable stored = sd.var("W", weight.dup('c'));
      SDVariable[] reparametrized =
          Ops.of(sd)
              .sigmaReparam(
                  "hat",
                  sd.permute(stored, 1, 0),
                  sd.constant("u", u),
                  sd.var("gamma", gamma.dup()));
      SDVariable y = Ops.of(sd).linear(null, x, reparametrized[0], sd.var("bias", bias.dup()));
      Map<String, INDArray> gradients = agrees(sd, y, step, List.of("x", "W", "gamma", "bias"));
      u = sd.outputSingle(Map.of(), reparametrized[1].name()).dup();
      step.compare("u_after", u);
      weight.subi(gradients.get("W").mul(rate));
      gamma.subi(gradients.get("gamma").mul(rate));
      bias.subi(gradients.get("bias").mul(rate));
    }
  }

  /** Compares y and the gradient of {@code Σ upstream·y} for each input; returns the gradients. */
  private static Map<String, INDArray> agrees(
      SameDiff sd, SDVariable y, GoldenCase golden, List<String> inputs) {
    y.mul(sd.constant("upstream", golden.tensor("upstream"))).sum("loss");
    sd.setLossVariables("loss");
    golden.compare("y", sd.outputSingle(Map.of(), y.name()));
    Map<String, INDArray> gradients =
        sd.calculateGradients(Map.of(), new ArrayList<>(inputs).toArray(String[]::new));
    inputs.forEach(name -> golden.compare("d" + name, gradients.get(name)));
    return gradients;
  }
}
