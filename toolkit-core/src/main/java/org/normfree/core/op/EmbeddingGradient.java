package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link Embedding}: {@code dweight_v = Σ_{i: ids_i = v} G_i}, added in the order of
 * the ids. Inputs: weight (for its shape), ids, G. Output: dweight; the ids have no gradient.
 */
public class EmbeddingGradient extends GradientOp {
  /** For cloning and loading. */
  public EmbeddingGradient() {}

  EmbeddingGradient(SameDiff sd, SDVariable... inputs) {
    super(sd, inputs);
  }

  @Override
  public String opName() {
    return "normfree_embedding_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected boolean isInteger(int index) {
    return index == 1;
  }

  @Override
  protected void check(List<long[]> shapes) {}

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray gradient = outputs.get(0);
    INDArray upstream = rows(inputs.get(2));
    int[] ids = Embedding.ids(inputs.get(1), gradient.size(0));
    gradient.assign(0);
    for (int i = 0; i < ids.length; i++) {
      gradient.getRow(ids[i]).addi(upstream.getRow(i));
    }
  }
}
