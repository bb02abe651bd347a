package org.normfree.benchmarks.family;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Wav2VecTraining;
import org.normfree.benchmarks.peer.WorkloadFile;
import org.normfree.core.model.speech.Wav2Vec2;
import org.normfree.core.model.speech.Wav2Vec2Config;
import org.normfree.core.nn.Network;

/** wav2vec 2.0; {@code wav2vec-96} is the preset {@code wav2vec2-small} on waves of two seconds. */
final class Wav2VecFamily implements Family<Wav2VecTraining> {
  @Override
  public Class<Wav2VecTraining> workloads() {
    return Wav2VecTraining.class;
  }

  @Override
  public List<Shape> shapes() {
    return List.of(
        Shape.of("wav2vec-96", method -> new Wav2VecTraining(method, "small", 8, 16_000)),
        Shape.tiny("wav2vec-tiny", method -> new Wav2VecTraining(method, "tiny", 2, 2_000)));
  }

  @Override
  public Network build(Wav2VecTraining net) {
    Wav2Vec2Config config =
        Wav2Vec2Config.Preset.named("wav2vec2-" + net.preset()).orElseThrow().of(net.samples());
    return Wav2Vec2.build(config, Family.method(net.method()), DataType.FLOAT, SEED);
  }

  @Override
  public Map<String, ArrayFile.Array> batch(Wav2VecTraining net) {
    return Map.of(
        WorkloadFile.INPUT,
        Draw.normal(WorkloadFile.INPUT, net.batch(), net.samples()),
        Wav2VecTraining.TEMPERATURE,
        Draw.of(i -> Wav2VecTraining.TAU, 1));
  }
}
