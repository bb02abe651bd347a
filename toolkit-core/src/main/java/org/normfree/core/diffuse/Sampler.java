package org.normfree.core.diffuse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.model.image.Denoiser;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;

/**
 * Draws images from a trained denoiser: from pure noise down all steps of a schedule. The noise of
 * an image is a function of the seed, its number and the step, so that neither the batch size nor
 * the other images change it.
 *
 * @param executor runs a {@link Denoising#denoiser}; closed by whoever made it
 * @param model the denoiser
 * @param step what a step is
 * @param eta η of DDIM; empty for DDPM
 * @param guidance how strongly the class is asked for
 * @param batch most images at a time
 */
public record Sampler(
    GraphExecutor executor,
    Denoiser model,
    ReverseStep step,
    OptionalDouble eta,
    Guidance guidance,
    int batch) {

  /**
   * Draws one image a label.
   *
   * @param labels class of each image
   * @param seed of all noise
   * @return [labels, height, width, channels], FLOAT
   */
  public INDArray sample(int[] labels, long seed) {
    List<INDArray> batches = new ArrayList<>();
    for (int from = 0; from < labels.length; from += batch) {
      int to = Math.min(labels.length, from + batch);
      batches.add(sample(Arrays.copyOfRange(labels, from, to), from, seed));
    }
    return Nd4j.concat(0, batches.toArray(INDArray[]::new));
  }

  private INDArray sample(int[] labels, int first, long seed) {
    NoiseSchedule schedule = step.schedule();
    INDArray x = noise("start", labels.length, first, seed);
    for (int t = schedule.steps() - 1; t >= 0; t--) {
      int[] now = new int[labels.length];
      Arrays.fill(now, t);
      INDArray prediction = predict(x, schedule.time(t), labels);
      INDArray z = noise("step " + t, labels.length, first, seed);
      x =
          eta.isPresent()
              ? step.ddim(eta.getAsDouble(), x, prediction, z, now)
              : step.ddpm(x, prediction, z, now);
    }
    return x;
  }

  private INDArray predict(INDArray x, int time, int... labels) {
    if (guidance.scale() == 1) {
      return answer(x, time, labels);
    }
    int n = labels.length;
    int[] both = Arrays.copyOf(labels, 2 * n);
    Arrays.fill(both, n, 2 * n, model.classes());
    INDArray guided = guidance.of(answer(Nd4j.concat(0, x, x), time, both));
    long[] shape = guided.shape();
    shape[0] = n;
    double[] first = Arrays.copyOf(guided.data().asDouble(), (int) guided.length() / 2);
    return Nd4j.create(first, shape).castTo(DataType.FLOAT);
  }

  private INDArray answer(INDArray x, int time, int... labels) {
    int[] times = new int[labels.length];
    Arrays.fill(times, time);
    Map<String, INDArray> inputs =
        Map.of(
            Network.INPUT,
            x,
            Denoising.TIME,
            Nd4j.createFromArray(times),
            Denoising.LABEL,
            Nd4j.createFromArray(labels));
    return executor.output(inputs, List.of(Denoising.PREDICTION)).get(Denoising.PREDICTION);
  }

  /** Standard normal, an own generator for each image. */
  private INDArray noise(String purpose, int count, int first, long seed) {
    int size = model.height() * model.width() * model.channels();
    float[] values = new float[count * size];
    for (int image = 0; image < count; image++) {
      Rng rng = Rng.of(seed, "sample " + purpose, first + image);
      for (int i = 0; i < size; i++) {
        values[image * size + i] = (float) rng.gaussian();
      }
    }
    return Nd4j.create(
        values, new long[] {count, model.height(), model.width(), model.channels()}, 'c');
  }
}
