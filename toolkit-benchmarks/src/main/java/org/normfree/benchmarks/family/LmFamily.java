package org.normfree.benchmarks.family;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.LmTraining;
import org.normfree.benchmarks.peer.WorkloadFile;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.text.DecoderLm;
import org.normfree.core.model.text.DecoderLmConfig;
import org.normfree.core.nn.Network;

/** Language models of LLaMA's shape, whose norm is RMSNorm. */
final class LmFamily implements Family<LmTraining> {
  @Override
  public Class<LmTraining> workloads() {
    return LmTraining.class;
  }

  @Override
  public List<Shape> shapes() {
    return List.of(
        Shape.of("lm-256", method -> new LmTraining(method, 16, 128, 512, 256, 6, 4, 704)),
        Shape.tiny("lm-tiny", method -> new LmTraining(method, 2, 8, 24, 16, 2, 2, 32)));
  }

  @Override
  public List<String> methods() {
    return List.of("rms-norm");
  }

  @Override
  public Network build(LmTraining lm) {
    DecoderLmConfig config =
        new DecoderLmConfig(
            lm.vocabulary(),
            lm.width(),
            lm.depth(),
            lm.heads(),
            lm.hidden(),
            lm.length(),
            DecoderLmConfig.Positions.ROTARY,
            FeedForward.SWIGLU,
            false,
            false,
            0);
    return DecoderLm.build(config, Family.method(lm.method()), DataType.FLOAT, SEED);
  }

  /** Tokens drawn evenly, each followed by the next of its row. */
  @Override
  public Map<String, ArrayFile.Array> batch(LmTraining lm) {
    ArrayFile.Array tokens = Draw.integers(lm.vocabulary(), "tokens", lm.batch(), lm.length());
    float[] elements = tokens.elements();
    return Map.of(
        WorkloadFile.INPUT,
        tokens,
        WorkloadFile.TARGETS,
        Draw.of(i -> elements[(i + 1) % elements.length], tokens.shape()),
        Network.POSITIONS,
        Draw.of(i -> i, lm.length()));
  }
}
