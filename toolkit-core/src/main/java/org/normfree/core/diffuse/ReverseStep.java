package org.normfree.core.diffuse;

import java.util.function.IntToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.model.Checks;

/**
 * A step from x_t to x_{t−1} by a guess of the noise, for a batch of images at times of their own.
 * Computed in double, given in the type of x. Sources: arXiv 2006.11239 (DDPM), 2010.02502 (DDIM);
 * facebookresearch/DiT, gaussian_diffusion.py.
 *
 * @param schedule the diffusion, respaced or not
 * @param variance where the variance comes from
 * @param clip whether the image that is believed in is clipped to [−1, 1]: for pixels, not for
 *     latents
 */
public record ReverseStep(NoiseSchedule schedule, Variance variance, boolean clip) {
  /** Where the variance of a step comes from. */
  public enum Variance {
    /** {@code log σ² = f·log β + (1 − f)·log β̃} with {@code f = (v + 1)/2} guessed. */
    LEARNED_RANGE,
    /** β, and β̃₁ in the last step. */
    FIXED_LARGE,
    /** β̃. */
    FIXED_SMALL
  }

  /**
   * What is believed of x_{t−1}, all of the shape of x.
   *
   * @param clean x̂₀
   * @param mean μ̂
   * @param logVariance log σ²
   */
  public record Belief(INDArray clean, INDArray mean, INDArray logVariance) {}

  /**
   * What the network's answer means: {@code x̂₀ = x_t/√ᾱ − √(1/ᾱ − 1)·ε̂}, clipped if asked for,
   * and the mean {@code μ̂} of q(x_{t−1} | x_t, x̂₀).
   *
   * @param x x_t, [batch, ..., C]
   * @param prediction ε̂, of the shape of x; [batch, ..., 2C] with a learned variance
   * @param t index of each image's step in the schedule, [batch]
   */
  public Belief belief(INDArray x, INDArray prediction, int... t) {
    Step step = new Step(x, prediction, t);
    return new Belief(step.map(step::clean), step.map(step::mean), step.map(step::logVariance));
  }

  /**
   * DDPM: {@code x_{t−1} = μ̂ + e^{½ log σ²}·z}, without z in the last step.
   *
   * @param x x_t, [batch, ..., C]
   * @param prediction as in {@link #belief}
   * @param noise z, of the shape of x
   * @param t index of each image's step in the schedule, [batch]
   * @return x_{t−1}
   */
  public INDArray ddpm(INDArray x, INDArray prediction, INDArray noise, int... t) {
    Step step = new Step(x, prediction, t);
    double[] z = values(noise);
    return step.map(
        i ->
            step.mean(i)
                + (step.time(i) == 0 ? 0 : StrictMath.exp(step.logVariance(i) / 2) * z[i]));
  }

  /**
   * DDIM: {@code x_{t−1} = √ᾱ_{t−1}·x̂₀ + √(1 − ᾱ_{t−1} − s²)·ε + s·z} with ε what x̂₀ leaves of
   * x_t and {@code s = η√((1 − ᾱ_{t−1})/(1 − ᾱ_t))·√(1 − ᾱ_t/ᾱ_{t−1})}.
   *
   * @param eta η: 0 for a step without chance, 1 for the noise of DDPM
   * @param x x_t, [batch, ..., C]
   * @param prediction as in {@link #belief}
   * @param noise z, of the shape of x
   * @param t index of each image's step in the schedule, [batch]
   * @return x_{t−1}
   */
  public INDArray ddim(double eta, INDArray x, INDArray prediction, INDArray noise, int... t) {
    Step step = new Step(x, prediction, t);
    double[] z = values(noise);
    return step.map(
        i -> {
          int now = step.time(i);
          double bar = schedule.alphaBar(now);
          double before = schedule.alphaBar(now - 1);
          double s = eta * Math.sqrt((1 - before) / (1 - bar)) * Math.sqrt(1 - bar / before);
          double clean = step.clean(i);
          double left =
              (schedule.cleanOfNoisy(now) * step.x[i] - clean) / schedule.cleanOfNoise(now);
          double sure = clean * Math.sqrt(before) + Math.sqrt(1 - before - s * s) * left;
          return now == 0 ? sure : sure + s * z[i];
        });
  }

  private static double[] values(INDArray array) {
    return array.dup('c').data().asDouble();
  }

  /** One step's arrays, element by element. */
  private final class Step {
    private final INDArray like;
    private final double[] x;
    private final double[] prediction;
    private final int[] t;
    private final int channels;
    private final int predicted;
    private final int perImage;

    Step(INDArray x, INDArray prediction, int... t) {
      like = x;
      channels = (int) x.size(-1);
      predicted = (int) prediction.size(-1);
      int expected = variance == Variance.LEARNED_RANGE ? 2 * channels : channels;
      Checks.require(
          predicted == expected,
          "the network answers with %d channels to images of %d; variance %s expects %d",
          predicted,
          channels,
          variance,
          expected);
      this.x = values(x);
      this.prediction = values(prediction);
      this.t = t.clone();
      perImage = this.x.length / t.length;
    }

    INDArray map(IntToDoubleFunction of) {
      double[] result = new double[x.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = of.applyAsDouble(i);
      }
      return Nd4j.create(result, like.shape()).castTo(like.dataType());
    }

    int time(int i) {
      return t[i / perImage];
    }

    private double guess(int i, int part) {
      int pixel = i / channels;
      return prediction[pixel * predicted + part * channels + i % channels];
    }

    double clean(int i) {
      int now = time(i);
      double clean = schedule.cleanOfNoisy(now) * x[i] - schedule.cleanOfNoise(now) * guess(i, 0);
      return clip ? Math.max(-1, Math.min(1, clean)) : clean;
    }

    double mean(int i) {
      int now = time(i);
      return schedule.posteriorOfClean(now) * clean(i) + schedule.posteriorOfNoisy(now) * x[i];
    }

    double logVariance(int i) {
      int now = time(i);
      double least = schedule.posteriorLogVariance(now);
      return switch (variance) {
        case FIXED_SMALL -> least;
        case FIXED_LARGE -> now == 0 ? least : StrictMath.log(schedule.beta(now));
        case LEARNED_RANGE -> {
          double share = (guess(i, 1) + 1) / 2;
          yield share * StrictMath.log(schedule.beta(now)) + (1 - share) * least;
        }
      };
    }
  }
}
