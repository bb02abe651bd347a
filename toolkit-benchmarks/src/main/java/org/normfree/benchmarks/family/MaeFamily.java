package org.normfree.benchmarks.family;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.MaeTraining;
import org.normfree.benchmarks.peer.WorkloadFile;
import org.normfree.core.model.image.MaskedAutoencoder;
import org.normfree.core.model.image.MaskedAutoencoderConfig;
import org.normfree.core.model.image.MaskedAutoencoderConfig.Tower;
import org.normfree.core.model.image.Patches;
import org.normfree.core.nn.Network;

/** Masked autoencoders; {@code mae-128} has the towers of the preset {@code mae-small}. */
final class MaeFamily implements Family<MaeTraining> {
  @Override
  public Class<MaeTraining> workloads() {
    return MaeTraining.class;
  }

  @Override
  public List<Shape> shapes() {
    return List.of(
        Shape.of("mae-128", method -> new MaeTraining(method, 64, 32, 3, 4, 128, 6, 4, 64, 2, 4)),
        Shape.tiny("mae-tiny", method -> new MaeTraining(method, 2, 8, 3, 2, 16, 2, 2, 8, 1, 2)));
  }

  @Override
  public Network build(MaeTraining mae) {
    MaskedAutoencoderConfig config =
        new MaskedAutoencoderConfig(
            new Patches(mae.image(), mae.image(), mae.channels(), mae.patch()),
            new Tower(mae.width(), mae.depth(), mae.heads()),
            new Tower(mae.decoderWidth(), mae.decoderDepth(), mae.decoderHeads()),
            4,
            MaskedAutoencoderConfig.MASK_RATIO,
            false);
    return MaskedAutoencoder.build(config, Family.method(mae.method()), DataType.FLOAT, SEED);
  }

  @Override
  public List<String> constants() {
    return List.of("positions", "decoder.positions");
  }

  @Override
  public Map<String, ArrayFile.Array> batch(MaeTraining mae) {
    return Map.of(WorkloadFile.INPUT, Draw.images(mae.batch(), mae.image(), mae.channels()));
  }
}
