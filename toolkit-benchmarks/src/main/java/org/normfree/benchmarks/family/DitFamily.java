package org.normfree.benchmarks.family;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.DitTraining;
import org.normfree.benchmarks.peer.WorkloadFile;
import org.normfree.core.diffuse.Denoising;
import org.normfree.core.diffuse.NoiseSchedule;
import org.normfree.core.model.image.DiTConfig;
import org.normfree.core.model.image.DiffusionTransformer;
import org.normfree.core.nn.Network;

/** Diffusion Transformers; {@code dit-96} has the shape of the preset {@code dit-mini/2}. */
final class DitFamily implements Family<DitTraining> {
  @Override
  public Class<DitTraining> workloads() {
    return DitTraining.class;
  }

  @Override
  public List<Shape> shapes() {
    return List.of(
        Shape.of("dit-96", method -> new DitTraining(method, 128, 8, 1, 2, 96, 4, 4, 10)),
        Shape.of("dit-192", method -> new DitTraining(method, 32, 32, 3, 4, 192, 6, 6, 10)),
        Shape.tiny("dit-tiny", method -> new DitTraining(method, 2, 4, 1, 2, 16, 2, 2, 10)));
  }

  @Override
  public Network build(DitTraining dit) {
    DiTConfig config =
        new DiTConfig(
            dit.image(),
            dit.image(),
            dit.channels(),
            dit.classes(),
            dit.patch(),
            dit.width(),
            dit.depth(),
            dit.heads(),
            4,
            DitTraining.TIMES,
            DitTraining.FREQUENCIES,
            false,
            DiTConfig.ZeroInit.DYT);
    DiffusionTransformer model = new DiffusionTransformer(config, Family.method(dit.method()));
    NoiseSchedule schedule = NoiseSchedule.linear(DitTraining.TIMES);
    return new Denoising(model, schedule, 0).network(DataType.FLOAT, SEED);
  }

  @Override
  public List<String> constants() {
    return List.of("positions", "time.table", "schedule.signal", "schedule.noise_share");
  }

  @Override
  public Map<String, ArrayFile.Array> batch(DitTraining dit) {
    return Map.of(
        WorkloadFile.INPUT,
        Draw.images(dit.batch(), dit.image(), dit.channels()),
        WorkloadFile.TARGETS,
        Draw.of(i -> i % dit.classes(), dit.batch()));
  }
}
