package org.normfree.benchmarks.family;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.ResNetTraining;
import org.normfree.core.model.image.ImageShape;
import org.normfree.core.model.image.ResNetConfig;
import org.normfree.core.nn.Network;

/** ResNets for small images; {@code resnet-20} is the preset of that name. */
final class ResNetFamily implements Family<ResNetTraining> {
  @Override
  public Class<ResNetTraining> workloads() {
    return ResNetTraining.class;
  }

  @Override
  public List<Shape> shapes() {
    return List.of(
        Shape.of("resnet-20", method -> new ResNetTraining(method, 64, 32, 3, 3, 10)),
        Shape.tiny("resnet-tiny", method -> new ResNetTraining(method, 4, 8, 3, 1, 10)));
  }

  @Override
  public List<String> methods() {
    return List.of("batch-norm", "dyt");
  }

  /**
   * Under batch norm many gradients are next to nothing, and AdamW's first steps move their weights
   * as far as others: after five steps rounding alone makes 4e-5 between libtorch's two memory
   * formats, and 3e-5 between one thread and two.
   */
  @Override
  public double tolerance() {
    return 1e-3;
  }

  @Override
  public Network build(ResNetTraining net) {
    ResNetConfig config =
        new ResNetConfig(
            new ImageShape(net.image(), net.image(), net.channels(), net.classes()),
            ResNetConfig.Stem.SMALL,
            ResNetConfig.Block.BASIC,
            ResNetConfig.Shortcut.PAD,
            net.dim(0),
            IntStream.range(0, ResNetTraining.STAGES).mapToObj(net::dim).toList(),
            Collections.nCopies(ResNetTraining.STAGES, net.depth()));
    return config.build(Family.method(net.method()), DataType.FLOAT, SEED);
  }

  @Override
  public Map<String, ArrayFile.Array> batch(ResNetTraining net) {
    return Draw.labelledImages(net.batch(), net.image(), net.channels(), net.classes());
  }
}
