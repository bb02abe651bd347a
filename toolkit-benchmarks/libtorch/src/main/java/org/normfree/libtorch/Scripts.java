package org.normfree.libtorch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.CaduceusTraining;
import org.normfree.benchmarks.peer.ConvNeXtTraining;
import org.normfree.benchmarks.peer.DitTraining;
import org.normfree.benchmarks.peer.HyenaTraining;
import org.normfree.benchmarks.peer.LmTraining;
import org.normfree.benchmarks.peer.MaeTraining;
import org.normfree.benchmarks.peer.ResNetTraining;
import org.normfree.benchmarks.peer.VitTraining;
import org.normfree.benchmarks.peer.Wav2VecTraining;
import org.normfree.benchmarks.peer.Workload;

/** The script of each family of networks. */
final class Scripts {
  private static final Map<
          Class<?>, BiFunction<Workload.Training, Map<String, ArrayFile.Array>, LossScript>>
      ALL = new LinkedHashMap<>();

  static {
    add(VitTraining.class, VitScript::new);
    add(LmTraining.class, LmScript::new);
    add(ConvNeXtTraining.class, ConvNeXtScript::new);
    add(MaeTraining.class, MaeScript::new);
    add(DitTraining.class, DitScript::new);
    add(ResNetTraining.class, ResNetScript::new);
    add(HyenaTraining.class, HyenaScript::new);
    add(CaduceusTraining.class, CaduceusScript::new);
    add(Wav2VecTraining.class, Wav2VecScript::new);
  }

  private Scripts() {}

  private static <W extends Workload.Training> void add(
      Class<W> type, BiFunction<W, Map<String, ArrayFile.Array>, LossScript> script) {
    ALL.put(type, (workload, arrays) -> script.apply(type.cast(workload), arrays));
  }

  static LossScript of(Workload.Training workload, Map<String, ArrayFile.Array> arrays) {
    return ALL.get(workload.getClass()).apply(workload, arrays);
  }
}
