package org.normfree.core.op;

import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/** A user's program under an op executioner that is not the toolkit's. */
final class ForeignExecutioner {
  private ForeignExecutioner() {}

  /**
   * @param args none
   */
  public static void main(String[] args) {
    System.out.println("plain " + Nd4j.ones(2, 3).mul(7).sumNumber().intValue());
    try {
      Ops.of(SameDiff.create());
      System.out.println("accepted");
    } catch (IllegalStateException e) {
      System.out.println("refused " + e.getMessage());
    }
  }
}
