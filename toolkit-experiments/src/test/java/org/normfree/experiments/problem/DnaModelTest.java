package org.normfree.experiments.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.experiments.config.Config;

class DnaModelTest {
  private static final List<ParameterGroup> GROUPS =
      List.of(
          new ParameterGroup(List.of("block0.mixer.value.weight"), 0.1, 1),
          new ParameterGroup(
              List.of("norm.gamma", "norm.beta", "norm.alpha", "block0.mixer.scan.bias"), 0, 1),
          new ParameterGroup(List.of("block0.mixer.scan.log_a"), 0, 1));

  private static List<ParameterGroup> groups(String... settings) {
    Config config =
        Config.resolve(
            DnaClassification.KIND.name(),
            DnaClassification.KIND.keys(),
            Optional.empty(),
            List.of(settings));
    return new DnaModel(config).decaying(GROUPS);
  }

  @Test
  void gainsAndAlphaDecayAsPublishedWhereThatIsWanted() {
    assertThat(groups()).isEqualTo(GROUPS);
    assertThat(groups("decay.gains=true", "weight.decay=0.2"))
        .containsExactly(
            GROUPS.get(0),
            new ParameterGroup(List.of("norm.beta", "block0.mixer.scan.bias"), 0, 1),
            GROUPS.get(2),
            new ParameterGroup(List.of("norm.gamma", "norm.alpha"), 0.2, 1));
  }
}
