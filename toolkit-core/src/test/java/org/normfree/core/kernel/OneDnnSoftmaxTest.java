package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.normfree.core.kernel.TaskCheck.random;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SoftMax;
import org.nd4j.linalg.api.ops.impl.transforms.gradient.SoftmaxBp;
import org.normfree.core.task.Team;

class OneDnnSoftmaxTest {
  private static final TaskCheck CHECK = new TaskCheck(OneDnnSoftmax::prepare);

  @BeforeAll
  static void needsTheLibrary() {
    TaskCheck.needsTheLibrary();
  }

  private static SoftMax softmax(int... axis) {
    SoftMax op = new SoftMax();
    op.addIArgument(axis);
    return op;
  }

  private static SoftmaxBp gradient(int... axis) {
    SoftmaxBp op = new SoftmaxBp();
    op.addIArgument(axis);
    return op;
  }

  @Test
  void everyAxisAgrees() {
    for (long[] shape :
        new long[][] {{2}, {13}, {5, 7}, {1, 3}, {3, 1}, {2, 3, 5}, {1, 7, 11}, {2, 3, 5, 17}}) {
      INDArray x = random(1, shape).muli(4);
      INDArray upstream = random(2, shape);
      for (int axis = -1; axis < shape.length; axis++) {
        CHECK.agrees(softmax(axis), List.of(x), List.of(x));
        CHECK.agrees(gradient(axis), List.of(x, upstream), List.of(x));
      }
    }
  }

  @Test
  void theLastAxisIsTheDefault() {
    INDArray x = random(1, 5, 7);
    CHECK.agrees(softmax(), List.of(x), List.of(x));
    CHECK.agrees(gradient(), List.of(x, random(2, 5, 7)), List.of(x));
  }

  @Test
  void theResultMayReplaceAnInput() {
    INDArray x = random(1, 5, 7);
    INDArray upstream = random(2, 5, 7);
    INDArray expected = CHECK.agrees(gradient(1), List.of(x, upstream), List.of(x)).get(0);
    for (int replaced = 0; replaced < 2; replaced++) {
      List<INDArray> inputs = List.of(x.dup(), upstream.dup());
      INDArray result = inputs.get(replaced);
      try (Team team = new Team(2)) {
        team.run(List.of(CHECK.prepare(gradient(1), inputs, List.of(result), 2).orElseThrow()));
      }
      assertThat(result.castTo(expected.dataType())).isEqualTo(expected);
    }
  }
}
