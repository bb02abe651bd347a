package org.normfree.benchmarks.family;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.HyenaTraining;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.benchmarks.peer.WorkloadFile;
import org.normfree.core.model.dna.Hyena;
import org.normfree.core.model.dna.HyenaConfig;
import org.normfree.core.model.dna.HyenaOperator;
import org.normfree.core.nn.Network;
import org.normfree.core.op.HyenaFilterTerms;

/** HyenaDNA; {@code hyena-128} has the shape of its smallest published weights. */
final class HyenaFamily implements Family<HyenaTraining> {
  @Override
  public Class<HyenaTraining> workloads() {
    return HyenaTraining.class;
  }

  @Override
  public List<Shape> shapes() {
    return List.of(
        Shape.of("hyena-128", method -> new HyenaTraining(method, 8, 1024, 128, 2)),
        Shape.tiny("hyena-tiny", method -> new HyenaTraining(method, 2, 70, 16, 2)));
  }

  @Override
  public Network build(HyenaTraining net) {
    HyenaConfig config =
        HyenaConfig.of(
                HyenaTraining.VOCABULARY,
                net.width(),
                net.depth(),
                HyenaOperator.ofLength(net.length()),
                net.length())
            .epsilon(Workload.Training.EPSILON);
    return Hyena.build(config, Family.method(net.method()), DataType.FLOAT, SEED);
  }

  /** Bases drawn evenly, each followed by the next of its row. */
  @Override
  public Map<String, ArrayFile.Array> batch(HyenaTraining net) {
    HyenaOperator operator = HyenaOperator.ofLength(net.length());
    HyenaFilterTerms terms =
        new HyenaFilterTerms(
            net.length(), operator.longest(), operator.features(), net.width(), operator.shift());
    ArrayFile.Array ids = bases(net.batch(), net.length());
    return Map.of(
        WorkloadFile.INPUT,
        ids,
        WorkloadFile.TARGETS,
        next(ids),
        HyenaTraining.POSITIONS,
        rows(terms.positions()),
        HyenaTraining.WINDOW,
        rows(terms.window()));
  }

  /** Tokens of A, C, G and T. */
  static ArrayFile.Array bases(int batch, int length) {
    ArrayFile.Array drawn = Draw.integers(4, "bases", batch, length);
    return Draw.of(i -> 7 + drawn.elements()[i], drawn.shape());
  }

  static ArrayFile.Array next(ArrayFile.Array ids) {
    float[] elements = ids.elements();
    return Draw.of(i -> elements[(i + 1) % elements.length], ids.shape());
  }

  private static ArrayFile.Array rows(double[]... rows) {
    double[] all = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    return Draw.of(i -> all[i], rows.length, rows[0].length);
  }
}
