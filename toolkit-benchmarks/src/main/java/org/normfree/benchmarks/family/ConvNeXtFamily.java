package org.normfree.benchmarks.family;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.ConvNeXtTraining;
import org.normfree.core.model.image.ConvNeXtConfig;
import org.normfree.core.model.image.ImageShape;
import org.normfree.core.nn.Network;

/** ConvNeXts for small images, as the registry's {@code convnext}. */
final class ConvNeXtFamily implements Family<ConvNeXtTraining> {
  @Override
  public Class<ConvNeXtTraining> workloads() {
    return ConvNeXtTraining.class;
  }

  @Override
  public List<Shape> shapes() {
    return List.of(
        Shape.of("convnext-48", method -> new ConvNeXtTraining(method, 64, 32, 3, 2, 48, 3, 2, 10)),
        Shape.tiny(
            "convnext-tiny", method -> new ConvNeXtTraining(method, 2, 8, 3, 2, 8, 2, 2, 10)));
  }

  @Override
  public Network build(ConvNeXtTraining net) {
    ConvNeXtConfig config =
        new ConvNeXtConfig(
            new ImageShape(net.image(), net.image(), net.channels(), net.classes()),
            net.stem(),
            ConvNeXtTraining.DOWNSAMPLE,
            ConvNeXtTraining.KERNEL,
            IntStream.range(0, net.stages()).mapToObj(net::dim).toList(),
            Collections.nCopies(net.stages(), net.depth()),
            ConvNeXtTraining.LAYER_SCALE,
            0,
            ConvNeXtConfig.Weights.FAN_IN);
    return config.build(Family.method(net.method()), DataType.FLOAT, SEED);
  }

  @Override
  public Map<String, ArrayFile.Array> batch(ConvNeXtTraining net) {
    return Draw.labelledImages(net.batch(), net.image(), net.channels(), net.classes());
  }
}
