package org.normfree.core.op;

import java.io.File;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/** A user's program that knows ND4J only: loads a saved graph, runs it, prints what it computes. */
final class LoadAndRun {
  private LoadAndRun() {}

  /**
   * @param args the graph's file
   */
  public static void main(String[] args) {
    SameDiff sd = SameDiff.load(new File(args[0]), false);
    System.out.println("executioner " + Nd4j.getExecutioner().getClass().getName());
    System.out.println("result " + result(sd));
  }

  /** Output y and the gradient of w of a graph, to the last bit. */
  static String result(SameDiff sd) {
    StringBuilder text = new StringBuilder();
    for (float value : sd.outputSingle(Map.of(), "y").data().asFloat()) {
      text.append(Float.toHexString(value)).append(' ');
    }
    for (float value : sd.calculateGradients(Map.of(), "w").get("w").data().asFloat()) {
      text.append(Float.toHexString(value)).append(' ');
    }
    return text.toString().strip();
  }
}
