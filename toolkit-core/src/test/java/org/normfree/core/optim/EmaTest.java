package org.normfree.core.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

class EmaTest {
  @Test
  void averagesFromTheFirstValuesOn() {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      INDArray p = Nd4j.create(new double[] {1, 2}, new long[] {2}, type);
      Ema ema = Ema.average(Map.of("p", p), new Constant(0.75));
      p.addi(4);
      ema.follow(0);
      p.addi(4);
      ema.follow(0);
      // 0.75·(0.75·1 + 0.25·5) + 0.25·9 = 3.75
      assertThat(ema.state().get("p").toDoubleVector())
          .containsExactly(new double[] {3.75, 4.75}, within(1e-6));
    }
  }

  @Test
  void parametersHoldTheAverageOnlyWhileAsked() {
    INDArray p = Nd4j.createFromArray(0.1f, 0.2f);
    Ema ema = Ema.average(Map.of("p", p), new Constant(0.5));
    p.addi(0.3f);
    float[] trained = p.toFloatVector();
    ema.evaluating(() -> assertThat(p.toFloatVector()).containsExactly(0.1f, 0.2f));
    assertThat(p.toFloatVector()).containsExactly(trained);
    assertThatThrownBy(
            () ->
                ema.evaluating(
                    () -> {
                      throw new IllegalStateException("in between");
                    }))
        .hasMessage("in between");
    assertThat(p.toFloatVector()).containsExactly(trained);
    assertThat(ema.state().get("p").toFloatVector()).containsExactly(0.1f, 0.2f);
  }

  @Test
  void isRestoredFromItsState() {
    INDArray p = Nd4j.createFromArray(1f, 2f);
    Ema ema = Ema.average(Map.of("p", p), new Constant(0.5));
    ema.restore(Map.of("p", Nd4j.createFromArray(7f, 8f)));
    assertThat(ema.state().get("p").toFloatVector()).containsExactly(7f, 8f);
    assertThatThrownBy(() -> ema.restore(Map.of("q", p))).isInstanceOf(InputException.class);
  }

  @Test
  void decayOutsideItsRangeIsRefused() {
    assertThatThrownBy(() -> Ema.average(Map.of(), new Constant(1.5)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("1.5");
  }

  @Test
  void arraysOfAnotherNetworkFollowByAScheduleAndAreNotItsOwn() {
    INDArray leader = Nd4j.createFromArray(1.0, 2);
    INDArray follower = Nd4j.createFromArray(5.0, 6);
    Map<String, INDArray> leaders = Map.of("p", leader, "head", Nd4j.createFromArray(9.0));
    Ema ema =
        Ema.of(
            "teacher",
            Follower.Place.BEFORE_STEP,
            Map.of("p", follower),
            leaders,
            step -> step == 0 ? 1 : step == 1 ? 0.5 : step == 2 ? 0 : 1.1);
    ema.follow(0);
    assertThat(follower.toDoubleVector()).containsExactly(5, 6);
    ema.follow(1);
    assertThat(follower.toDoubleVector()).containsExactly(3, 4);
    ema.follow(2);
    assertThat(follower.toDoubleVector()).containsExactly(1, 2);
    assertThatThrownBy(() -> ema.follow(3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("step 3")
        .hasMessageContaining("1.1");
    assertThat(ema.state()).isEmpty();
    ema.restore(Map.of());
    assertThatThrownBy(() -> ema.restore(leaders)).isInstanceOf(InputException.class);
    leader.addi(1);
    ema.evaluating(() -> assertThat(follower.toDoubleVector()).containsExactly(1, 2));
    ema.startingAsCopy();
    assertThat(follower.toDoubleVector()).containsExactly(2, 3);
  }
}
