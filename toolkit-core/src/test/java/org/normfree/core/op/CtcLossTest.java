package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CtcLossTest {
  private static final int FRAMES = 4;
  private static final int CLASSES = 3;

  /** Labels, of which some fill their frames, and one does not fit into them. */
  private static final int[][] TARGETS = {{1, 2}, {1, 1}, {2}, {}, {1, 1}, {}};

  private static final int[] FRAMES_OF = {4, 3, 1, 2, 2, 0};

  private static INDArray targets() {
    INDArray padded = Nd4j.zeros(DataType.INT32, TARGETS.length, 2);
    for (int i = 0; i < TARGETS.length; i++) {
      for (int k = 0; k < TARGETS[i].length; k++) {
        padded.putScalar(i, k, TARGETS[i][k]);
      }
    }
    return padded;
  }

  private static INDArray lengths() {
    int[] lengths = new int[TARGETS.length];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = TARGETS[i].length;
    }
    return Nd4j.createFromArray(lengths);
  }

  /** What is left of a path without repetitions and blanks. */
  private static List<Integer> collapsed(int[] path) {
    List<Integer> labels = new ArrayList<>();
    for (int t = 0; t < path.length; t++) {
      if (path[t] != 0 && (t == 0 || path[t] != path[t - 1])) {
        labels.add(path[t]);
      }
    }
    return labels;
  }

  /** A row a path that gives the labels, 1 for the class it has in each frame. */
  private static List<double[]> paths(int[] labels, int frames) {
    List<Integer> wanted = new ArrayList<>();
    for (int label : labels) {
      wanted.add(label);
    }
    List<double[]> found = new ArrayList<>();
    for (int number = 0; number < Math.pow(CLASSES, frames); number++) {
      int[] path = new int[frames];
      double[] row = new double[FRAMES * CLASSES];
      int rest = number;
      for (int t = 0; t < frames; t++) {
        path[t] = rest % CLASSES;
        rest /= CLASSES;
        row[t * CLASSES + path[t]] = 1;
      }
      if (collapsed(path).equals(wanted)) {
        found.add(row);
      }
    }
    return found;
  }

  /** The sum over all paths, one by one. */
  private static SDVariable composed(SameDiff sd, SDVariable logits) {
    SDVariable logs = sd.nn.logSoftmax(logits.reshape((long) TARGETS.length * FRAMES, CLASSES));
    SDVariable rows = logs.reshape(TARGETS.length, (long) FRAMES * CLASSES);
    SDVariable[] losses = new SDVariable[TARGETS.length];
    for (int i = 0; i < losses.length; i++) {
      SDVariable row = rows.get(SDIndex.interval(i, i + 1), SDIndex.all());
      List<double[]> paths = paths(TARGETS[i], FRAMES_OF[i]);
      if (paths.isEmpty()) {
        losses[i] = row.sum(1).mul(0);
      } else {
        SDVariable chosen = sd.constant(Nd4j.createFromArray(paths.toArray(double[][]::new)));
        SDVariable scores = row.mul(chosen.castTo(logits.dataType())).sum(1);
        losses[i] = sd.math.log(sd.math.exp(scores).sum()).neg().reshape(1);
      }
    }
    return sd.concat(0, losses);
  }

  @Test
  void holdsTheContract() throws IOException {
    INDArray frames = Nd4j.createFromArray(FRAMES_OF);
    new OpContract(
            inputs("logits", random(1, 2, TARGETS.length, FRAMES, CLASSES)),
            (sd, in) ->
                Ops.of(sd)
                    .ctcLoss(
                        null,
                        in.get("logits"),
                        sd.constant(targets()),
                        sd.constant(frames),
                        sd.constant(lengths()),
                        0),
            (sd, in) -> composed(sd, in.get("logits")),
            in -> new CtcLoss(in.get(0), targets(), frames, lengths(), 0),
            "normfree_ctc_loss_gradient")
        .holds();
  }

  @Test
  void anotherClassMayBeTheBlank() {
    INDArray logits = random(3, 2, 1, 5, 3);
    INDArray frames = Nd4j.createFromArray(5);
    INDArray length = Nd4j.createFromArray(2);
    INDArray turned = logits.dup();
    turned.tensorAlongDimension(0, 1, 2).getColumn(0).assign(logits.slice(0).getColumn(2));
    turned.tensorAlongDimension(0, 1, 2).getColumn(2).assign(logits.slice(0).getColumn(0));
    INDArray first = Nd4j.createFromArray(new int[][] {{1, 2}});
    INDArray last = Nd4j.createFromArray(new int[][] {{1, 0}});
    assertThat(Nd4j.exec(new CtcLoss(turned, last, frames, length, 2))[0].getDouble(0))
        .isCloseTo(
            Nd4j.exec(new CtcLoss(logits, first, frames, length, 0))[0].getDouble(0),
            within(1e-12));
  }

  @Test
  void aClassThatCannotBeHasNoPath() {
    INDArray logits = Nd4j.zeros(DataType.FLOAT, 1, 2, 3);
    logits.putScalar(new int[] {0, 0, 1}, Float.NEGATIVE_INFINITY);
    logits.putScalar(new int[] {0, 1, 1}, Float.NEGATIVE_INFINITY);
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.var("logits", logits);
    Ops.of(sd)
        .ctcLoss(
            "losses",
            in,
            sd.constant(Nd4j.createFromArray(new int[][] {{1}})),
            sd.constant(Nd4j.createFromArray(2)),
            sd.constant(Nd4j.createFromArray(1)),
            0)
        .sum("loss");
    sd.setLossVariables("loss");
    assertThat(sd.outputSingle(Map.of(), "losses").getFloat(0)).isZero();
    INDArray gradient = sd.calculateGradients(Map.of(), "logits").get("logits");
    assertThat(gradient.amaxNumber().floatValue()).isZero();
  }

  @Test
  void wrongInputsAreNamed() {
    INDArray logits = random(1, 1, 1, 3, 4);
    INDArray two = Nd4j.createFromArray(2);
    INDArray labels = Nd4j.createFromArray(new int[][] {{1, 2}});
    assertThatThrownBy(
            () -> Nd4j.exec(new CtcLoss(logits, labels, Nd4j.createFromArray(4), two, 0)))
        .rootCause()
        .hasMessageContaining("frames of example 0 has the value 4, expected 0 to 3");
    INDArray beyond = Nd4j.createFromArray(new int[][] {{1, 4}});
    assertThatThrownBy(() -> Nd4j.exec(new CtcLoss(logits, beyond, two, two, 0)))
        .rootCause()
        .hasMessageContaining("targets of example 0 has the value 4, expected 0 to 3");
    assertThatThrownBy(() -> Nd4j.exec(new CtcLoss(logits, labels, two, two, 2)))
        .rootCause()
        .hasMessageContaining("label 1 of example 0 is the blank 2");
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 7, 5);
    SDVariable three = sd.placeHolder("three", DataType.INT32, 3);
    SDVariable flat = sd.placeHolder("flat", DataType.INT32, -1);
    SDVariable pairs = sd.placeHolder("pairs", DataType.INT32, -1, 2);
    assertThatThrownBy(() -> Ops.of(sd).ctcLoss("y", x, flat, three, three, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("targets have shape [-1], expected [batch, S]");
    assertThatThrownBy(() -> Ops.of(sd).ctcLoss("y", x, pairs, flat, flat, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the blank is class 5");
  }
}
