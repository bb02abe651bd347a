package org.normfree.core.train;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.data.Batch;
import org.normfree.core.method.Alpha0;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.ImageShape;
import org.normfree.core.model.image.MultiTaskMlp;
import org.normfree.core.nn.Network;

/** A small network of three tasks, and batches for it that depend on the step alone. */
public final class ManyTasks {
  public static final ImageShape IMAGES = new ImageShape(3, 4, 1, 5);
  public static final List<String> LOSSES =
      List.of(MultiTaskMlp.CLASS, MultiTaskMlp.PARITY, MultiTaskMlp.RECONSTRUCTION);

  private ManyTasks() {}

  public static MultiTaskMlp model(double dropout, boolean shared) {
    return new MultiTaskMlp(IMAGES, List.of(7, 6), dropout, shared, 1, 0);
  }

  public static Network build(MultiTaskMlp model, DataType type) {
    return model.build(
        Methods.create(
            "identity-no-alpha",
            new MethodOptions(Alpha0.everywhere(0.5), false, true, false, true, 1e-4)),
        type,
        4);
  }

  /** Only two rows of three say what class they are. */
  public static Batch batch(int size, long step) {
    SplittableRandom random = new SplittableRandom(70 + step);
    int pixels = 12;
    float[] input = new float[size * pixels];
    float[] labels = new float[size * 5];
    float[] parity = new float[size * 2];
    int[] targets = new int[size];
    int[] parities = new int[size];
    float[] classWeights = new float[size];
    float[] otherWeights = new float[size];
    for (int i = 0; i < size; i++) {
      targets[i] = random.nextInt(5);
      parities[i] = targets[i] % 2;
      labels[i * 5 + targets[i]] = 1;
      parity[i * 2 + parities[i]] = 1;
      classWeights[i] = i % 3 == 2 ? 0 : 1.5f / size;
      otherWeights[i] = 1f / size;
      for (int p = 0; p < pixels; p++) {
        input[i * pixels + p] = (float) (random.nextDouble() + (p % 5 == targets[i] ? 1 : 0));
      }
    }
    Map<String, Batch.Feed> feeds = new HashMap<>();
    feeds.put(Network.INPUT, new Batch.Reals(input, size, 3, 4, 1));
    feeds.put(Network.LABELS, new Batch.Reals(labels, size, 5));
    feeds.put(Network.TARGETS, new Batch.Integers(targets, size));
    feeds.put(MultiTaskMlp.PARITY_LABELS, new Batch.Reals(parity, size, 2));
    feeds.put(MultiTaskMlp.PARITY_TARGETS, new Batch.Integers(parities, size));
    feeds.put(MultiTaskMlp.CLASS_WEIGHTS, new Batch.Reals(classWeights, size));
    feeds.put(MultiTaskMlp.OTHER_WEIGHTS, new Batch.Reals(otherWeights, size));
    return new Batch(feeds, size, size);
  }

  public static Iterator<Batch> batches(long from) {
    return LongStream.iterate(from, s -> s + 1).mapToObj(s -> batch(9, s)).iterator();
  }
}
