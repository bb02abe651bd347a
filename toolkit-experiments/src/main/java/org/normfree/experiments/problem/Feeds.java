package org.normfree.experiments.problem;

import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Network;

/** A batch as arrays, for passes outside a training loop. */
public final class Feeds {
  private Feeds() {}

  /** An array for every placeholder of the network that the batch fills. */
  public static Map<String, INDArray> arrays(Batch batch, Network network) {
    Map<String, INDArray> arrays = new HashMap<>();
    batch
        .feeds()
        .forEach(
            (name, feed) -> {
              if (network.graph().hasVariable(name)) {
                DataType type = network.graph().getVariable(name).dataType();
                arrays.put(name, array(feed, type));
              }
            });
    return arrays;
  }

  private static INDArray array(Batch.Feed feed, DataType type) {
    if (feed instanceof Batch.Integers ids) {
      return Nd4j.createFromArray(ids.elements()).reshape(ids.shape());
    }
    float[] elements = ((Batch.Reals) feed).elements();
    return Nd4j.createFromArray(elements).reshape(feed.shape()).castTo(type);
  }
}
