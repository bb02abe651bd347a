package org.normfree.benchmarks.family;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.CaduceusTraining;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.benchmarks.peer.WorkloadFile;
import org.normfree.core.data.dna.Nucleotides;
import org.normfree.core.model.dna.Caduceus;
import org.normfree.core.model.dna.CaduceusConfig;
import org.normfree.core.model.dna.MambaShape;
import org.normfree.core.nn.Network;

/** Caduceus-PS; {@code caduceus-118} has the shape published for GenomicBenchmarks. */
final class CaduceusFamily implements Family<CaduceusTraining> {
  @Override
  public Class<CaduceusTraining> workloads() {
    return CaduceusTraining.class;
  }

  @Override
  public List<Shape> shapes() {
    return List.of(
        Shape.of("caduceus-118", method -> new CaduceusTraining(method, 2, 1024, 118, 4)),
        Shape.tiny("caduceus-tiny", method -> new CaduceusTraining(method, 2, 30, 18, 2)));
  }

  @Override
  public List<String> methods() {
    return List.of("rms-norm", "dyt");
  }

  @Override
  public Network build(CaduceusTraining net) {
    CaduceusConfig config =
        CaduceusConfig.of(
                Nucleotides.complement(),
                MambaShape.of(net.width()),
                net.depth(),
                CaduceusConfig.Strands.SHARED,
                net.length())
            .epsilon(Workload.Training.EPSILON);
    return Caduceus.build(config, Family.method(net.method()), DataType.FLOAT, SEED);
  }

  @Override
  public Map<String, ArrayFile.Array> batch(CaduceusTraining net) {
    ArrayFile.Array ids = HyenaFamily.bases(net.batch(), net.length());
    List<Integer> complement = Nucleotides.complement();
    return Map.of(
        WorkloadFile.INPUT,
        ids,
        WorkloadFile.TARGETS,
        HyenaFamily.next(ids),
        CaduceusTraining.COMPLEMENT,
        Draw.of(complement::get, complement.size()));
  }
}
