package org.normfree.benchmarks.family;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.VitTraining;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.model.image.VisionTransformer;
import org.normfree.core.nn.Network;

/** Vision Transformers. */
final class VitFamily implements Family<VitTraining> {
  @Override
  public Class<VitTraining> workloads() {
    return VitTraining.class;
  }

  @Override
  public List<Shape> shapes() {
    return Arrays.stream(VitShape.values())
        .map(shape -> new Shape(shape.title(), shape != VitShape.TINY, shape::with))
        .toList();
  }

  @Override
  public Network build(VitTraining vit) {
    ViTConfig config =
        new ViTConfig(
            vit.image(),
            vit.image(),
            vit.channels(),
            vit.classes(),
            vit.patch(),
            vit.width(),
            vit.depth(),
            vit.heads(),
            4,
            ViTConfig.Pooling.MEAN,
            0);
    return VisionTransformer.build(config, Family.method(vit.method()), DataType.FLOAT, SEED);
  }

  @Override
  public Optional<Function<VitTraining, Network>> plain() {
    return Optional.of(vit -> PlainSameDiff.build(vit, build(vit)));
  }

  @Override
  public Map<String, ArrayFile.Array> batch(VitTraining vit) {
    return Draw.labelledImages(vit.batch(), vit.image(), vit.channels(), vit.classes());
  }
}
