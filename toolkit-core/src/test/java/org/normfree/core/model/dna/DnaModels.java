package org.normfree.core.model.dna;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.method.Method;
import org.normfree.core.nn.Network;

/** Small models of DNA, and what goes into them. */
final class DnaModels {
  static final int BATCH = 3;
  static final int LENGTH = 9;
  static final int CLASSES = 3;

  /** A and T are partners, C and G; all others their own. */
  static final List<Integer> COMPLEMENT =
      List.of(0, 1, 2, 3, 4, 5, 6, 10, 9, 8, 7, 11, 12, 13, 14, 15);

  private DnaModels() {}

  static HyenaConfig hyena(int order) {
    HyenaOperator operator = HyenaOperator.ofLength(LENGTH).order(order).filterWidth(5).shift(0.05);
    return HyenaConfig.of(16, 4, 2, operator, LENGTH);
  }

  static CaduceusConfig caduceus(CaduceusConfig.Strands strands, int depth) {
    MambaShape shape = new MambaShape(4, 3, 4, 2, 2);
    return CaduceusConfig.of(COMPLEMENT, shape, depth, strands, LENGTH);
  }

  static MambaConfig mamba() {
    return new MambaConfig(16, new MambaShape(4, 3, 3, 2, 1), 3, LENGTH, 0, 1e-5);
  }

  /** A model by its name in tests. */
  static Network build(String model, Method method, DataType type) {
    return switch (model) {
      case "hyena" -> Hyena.build(hyena(2), method, type, 11);
      case "hyena-3" -> Hyena.build(hyena(3).classifier(CLASSES, LENGTH), method, type, 11);
      case "mamba" -> Mamba.build(mamba(), method, type, 11);
      case "mamba-classifier" -> Mamba.build(mamba().classifier(CLASSES, LENGTH), method, type, 11);
      case "caduceus-ps" ->
          Caduceus.build(caduceus(CaduceusConfig.Strands.SHARED, 2), method, type, 11);
      case "caduceus-ps-fault" ->
          Caduceus.build(
              caduceus(CaduceusConfig.Strands.SHARED, 3).fusedFault(true), method, type, 11);
      case "caduceus-ps-classifier" ->
          Caduceus.build(
              caduceus(CaduceusConfig.Strands.SHARED, 2).classifier(CLASSES, LENGTH),
              method,
              type,
              11);
      case "caduceus-ph" ->
          Caduceus.build(caduceus(CaduceusConfig.Strands.POST_HOC, 2), method, type, 11);
      case "caduceus-ph-classifier" ->
          Caduceus.build(
              caduceus(CaduceusConfig.Strands.POST_HOC, 2).classifier(CLASSES, LENGTH),
              method,
              type,
              11);
      default -> throw new IllegalArgumentException(model);
    };
  }

  static int[][] ids(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[][] ids = new int[BATCH][LENGTH];
    for (int[] row : ids) {
      Arrays.setAll(row, i -> 7 + random.nextInt(4));
      row[random.nextInt(LENGTH)] = random.nextInt(12);
    }
    return ids;
  }

  static int[][] reverseComplement(int[][] ids) {
    int[][] other = new int[ids.length][LENGTH];
    for (int b = 0; b < ids.length; b++) {
      for (int t = 0; t < LENGTH; t++) {
        other[b][t] = COMPLEMENT.get(ids[b][LENGTH - 1 - t]);
      }
    }
    return other;
  }

  static Map<String, INDArray> placeholders(Network network, DataType type, int[][] ids) {
    Map<String, INDArray> values = new HashMap<>();
    values.put(Network.INPUT, Nd4j.createFromArray(ids));
    if (network.graph().hasVariable(Network.TARGETS)) {
      int[][] targets = ids(99);
      targets[0][4] = Network.IGNORED;
      targets[2][0] = Network.IGNORED;
      values.put(Network.TARGETS, Nd4j.createFromArray(targets));
    } else {
      double[][] labels = {{1, 0, 0}, {0.2, 0.3, 0.5}, {0, 1, 0}};
      values.put(Network.LABELS, Nd4j.createFromArray(labels).castTo(type));
    }
    return values;
  }

  /** Moves every parameter a little, so that none stands at a special value. */
  static void perturb(Network network) {
    SplittableRandom random = new SplittableRandom(6);
    for (Network.Parameter parameter : network.parameters()) {
      INDArray array = network.array(parameter.name());
      array.addi(direction(random, array).mul(0.2));
    }
  }

  static INDArray direction(SplittableRandom random, INDArray array) {
    return Nd4j.createFromArray(random.doubles(array.length(), -1, 1).toArray())
        .reshape(array.shape())
        .castTo(array.dataType());
  }
}
