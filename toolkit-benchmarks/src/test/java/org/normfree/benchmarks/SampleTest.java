package org.normfree.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.normfree.benchmarks.family.VitShape;
import org.normfree.benchmarks.peer.VitTraining;
import org.normfree.benchmarks.peer.Workload;

class SampleTest {
  @Test
  void quantilesAreInterpolated() {
    Sample sample = new Sample(50, 10, 40, 20, 30);
    assertThat(sample.median()).isEqualTo(30);
    assertThat(sample.quantile(0.1)).isEqualTo(14, within(1e-12));
    assertThat(sample.quantile(0.9)).isEqualTo(46, within(1e-12));
    assertThat(new Sample(1, 2).median()).isEqualTo(1.5);
  }

  @Test
  void aRateTurnsTheOrderRound() {
    Sample rate = new Sample(1, 2, 4).under(8);
    assertThat(rate.median()).isEqualTo(4);
    assertThat(rate.quantile(0)).isEqualTo(2);
  }

  @Test
  void nothingHasNoMedian() {
    assertThatThrownBy(Sample::new).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLineIsFound() {
    LineFit fit = LineFit.of(new double[] {12, 24, 192}, new double[] {29, 53, 389});
    assertThat(fit.intercept()).isEqualTo(5, within(1e-9));
    assertThat(fit.slope()).isEqualTo(2, within(1e-9));
    assertThat(fit.at(96)).isEqualTo(197, within(1e-9));
  }

  @Test
  void theStepOfTheDesignHas34GigaFlop() {
    VitTraining vit = VitShape.VIT_192.with("pre-ln");
    assertThat(vit.flop()).isBetween(34.4e9, 34.6e9);
    assertThat(Workload.parse(vit.word())).isEqualTo(vit);
    Workload.Op op = new Workload.Op("dyt", 3, 5);
    assertThat(Workload.parse(op.word())).isEqualTo(op);
  }
}
