package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.model.text.DecoderLm;
import org.normfree.core.model.text.DecoderLmConfig;
import org.normfree.core.record.Marker;
import org.normfree.core.record.SummaryRow;
import org.normfree.experiments.SummaryCheck;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;

class EfficiencyTest {
  @TempDir Path folder;

  @Test
  void everyModelIsTimedInEveryWay() {
    Efficiency study = new Efficiency();
    Config config =
        Config.resolve(
            study.name(),
            study.keys(),
            Optional.empty(),
            List.of(
                "methods=rms-norm,dyt",
                "widths=8,12",
                "ways=session,compiled",
                "depth=1",
                "length=5",
                "seconds=0.001",
                "seeds=2"));
    Result result = Launch.run(study, config, folder, List.of());
    SummaryCheck.check(result.summary());
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    assertThat(result.summary().rows()).hasSize(2 * 2 * 2 * 4);
    for (String metric : List.of("training", "inference")) {
      assertThat(result.summary().rows())
          .filteredOn(row -> row.metric().equals(metric))
          .hasSize(8)
          .allMatch(row -> row.mean() > 0 && row.n() == 2);
    }
    assertThat(result.summary().rows())
        .extracting(SummaryRow::metric)
        .contains("training_norms", "inference_norms");
  }

  @Test
  void aRunByItselfIsTimedAnewEachTime() {
    Config config =
        Config.resolve(
            Efficiency.RUN.name(),
            Efficiency.RUN.keys(),
            Optional.empty(),
            List.of("method=dyt", "methods=rms-norm", "width=8", "length=5", "seconds=0.001"));
    List<Double> times =
        List.of("first", "second").stream()
            .map(name -> Launch.run(Efficiency.RUN, config, folder.resolve(name), List.of()))
            .flatMap(result -> result.summary().rows().stream())
            .filter(row -> row.metric().equals("training"))
            .map(SummaryRow::mean)
            .toList();
    assertThat(times).hasSize(2).doesNotHaveDuplicates().allMatch(time -> time > 0);
  }

  private static int operations(Method method, int depth) {
    DecoderLmConfig shape = DecoderLmConfig.llama(7, 8, depth, 2, 5);
    return DecoderLm.build(shape, method, DataType.FLOAT, 1).graph().getOps().size();
  }

  /** Two norms a layer and the last one are all that sets the two models apart. */
  @ParameterizedTest
  @ValueSource(strings = {"rms-norm", "pre-ln", "dyt", "derf"})
  void theBareModelLacksTheNormsAndNothingElse(String method) {
    for (int depth : new int[] {1, 3}) {
      assertThat(operations(Efficiency.method(method), depth))
          .isEqualTo(operations(new Efficiency.Nothing(), depth) + 2 * depth + 1);
    }
  }
}
