package org.normfree.core.diffuse;

import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.InputException;
import org.normfree.core.model.Checks;
import org.normfree.core.model.image.Denoiser;
import org.normfree.core.nn.Distribution;
import org.normfree.core.nn.Metric;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Size;

/**
 * What a {@link Denoiser} is trained for: to guess the noise ε in {@code x_t = √ᾱ_t·x₀ + √(1 −
 * ᾱ_t)·ε} of a random time, with its label or, so that it can be guided, without. The loss of an
 * image is {@code mean((ε − ε̂)²)}, and with a learned sigma the variational bound is added, in
 * bits a number, whose gradient goes to the variance alone:
 *
 * <pre>
 * log σ² = f·log β + (1 − f)·log β̃,  f = (v + 1)/2
 * t &gt; 0:  KL(N(μ̃, β̃) ‖ N(μ̂, σ²))/ln 2
 * t = 0:  −log₂ of the probability of x₀ ± 1/255 under N(μ̂, σ²)
 * </pre>
 *
 * Sources: arXiv 2006.11239; arXiv 2102.09672; facebookresearch/DiT, gaussian_diffusion.py, which
 * adds the bound unscaled. Noise, time and dropped labels are random inputs, drawn alike in every
 * evaluation.
 *
 * @param model the denoiser
 * @param schedule of as many times as the model knows
 * @param labelDropout probability that the model is told no class, in [0, 1)
 */
public record Denoising(Denoiser model, NoiseSchedule schedule, double labelDropout) {
  /** Placeholder of the times, INT [batch]. */
  public static final String TIME = "time";

  /** Placeholder of the labels that a {@link #denoiser} is told, INT [batch]. */
  public static final String LABEL = "label";

  /** Placeholder of the noise, of the images' shape. */
  public static final String NOISE = "noise";

  /** x_t, of the images' shape. */
  public static final String NOISY = "noisy";

  /** What the model answers, [batch, height, width, channels] or twice as many channels. */
  public static final String PREDICTION = "prediction";

  /** The squared error of each image, [batch]. */
  public static final String ERRORS = "errors";

  /** The variational bound of each image in bits, [batch]; with a learned sigma only. */
  public static final String BITS = "bits";

  /** The loss of each image, [batch]. */
  public static final String LOSSES = "losses";

  private static final double LEAST_PROBABILITY = 1e-12;
  private static final double HALF_STEP = 1.0 / 255;
  private static final double OPEN_END = 0.999;

  /**
   * @throws InputException if the model knows other times than the schedule has
   */
  public Denoising {
    Checks.require(
        model.times() == schedule.steps() && schedule.steps() == schedule.trainedSteps(),
        "the model knows %d times, the diffusion has %d of %d; train with all of them, and respace for sampling",
        model.times(),
        schedule.steps(),
        schedule.trainedSteps());
    Checks.rate("label.dropout", labelDropout);
  }

  /**
   * The network that samples are drawn with: {@link Network#INPUT} is x_t, its answer to {@link
   * #TIME} and {@link #LABEL} is {@link #PREDICTION}. Its parameters have the names of the trained
   * network's.
   *
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   */
  public Network denoiser(DataType type, long seed) {
    return Scope.build(
        type,
        seed,
        root -> {
          SameDiff sd = root.graph();
          SDVariable x = images(root);
          SDVariable time = sd.placeHolder(TIME, DataType.INT32, -1);
          SDVariable label = sd.placeHolder(LABEL, DataType.INT32, -1);
          sd.updateVariableNameAndReference(model.predict(root, x, time, label), PREDICTION);
        });
  }

  /**
   * The network that is trained: {@link Network#INPUT} is x₀, {@link Network#TARGETS} its class.
   *
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   */
  public Network network(DataType type, long seed) {
    return Scope.build(type, seed, this::declare);
  }

  /**
   * Gives a denoiser the values of a trained network's parameters and states.
   *
   * @param denoiser a {@link #denoiser}
   * @param trained a {@link #network} of the same model
   */
  public static void adopt(Network denoiser, Network trained) {
    Stream.concat(
            trained.parameters().stream().map(Network.Parameter::name),
            trained.states().stream().map(Network.State::name))
        .forEach(name -> denoiser.array(name).assign(trained.array(name)));
  }

  private SDVariable images(Scope root) {
    return root.graph()
        .placeHolder(
            Network.INPUT, root.type(), -1, model.height(), model.width(), model.channels());
  }

  private void declare(Scope root) {
    SameDiff sd = root.graph();
    SDVariable clean = images(root);
    SDVariable noise =
        root.random(
            NOISE,
            new Distribution.Normal(),
            RandomInput.InEvaluation.SEEDED,
            Size.BATCH,
            Size.of(model.height()),
            Size.of(model.width()),
            Size.of(model.channels()));
    SDVariable time =
        root.random(
            TIME,
            new Distribution.Integers(0, schedule.steps()),
            RandomInput.InEvaluation.SEEDED,
            Size.BATCH);
    Tables tables = new Tables(root, schedule, time);
    SDVariable noisy =
        clean
            .mul(tables.now("signal", schedule::signal))
            .add(NOISY, noise.mul(tables.now("noise_share", schedule::noise)));
    SDVariable answer = model.predict(root, noisy, time, label(root));
    SDVariable prediction = sd.updateVariableNameAndReference(answer, PREDICTION);
    SDVariable guess = model.learnedSigma() ? channels(prediction, 0) : prediction;
    SDVariable error = guess.sub(noise);
    SDVariable errors = error.mul(error).mean(ERRORS, 1, 2, 3);
    SDVariable losses = errors;
    if (model.learnedSigma()) {
      SDVariable frozen = root.ops().stopGradient("frozen_guess", guess);
      losses = errors.add(bits(tables, clean, noisy, frozen, channels(prediction, 1)));
    }
    sd.updateVariableNameAndReference(losses.mul(LOSSES, 1.0).mean(), Network.LOSS);
    root.objective(
        Objective.of(
            Network.LOSS,
            Metric.mean(Network.LOSS, Network.LOSS),
            Metric.perItem("squared_error", ERRORS)));
  }

  /** The class, or none where it is dropped. */
  private SDVariable label(Scope root) {
    SDVariable target = root.graph().placeHolder(Network.TARGETS, DataType.INT32, -1);
    if (labelDropout == 0) {
      return target;
    }
    SDVariable dropped =
        root.random(
            "label_dropped",
            new Distribution.Chance(labelDropout),
            RandomInput.InEvaluation.SEEDED,
            Size.BATCH);
    SDVariable none = root.graph().constant("no_class", model.classes()).castTo(DataType.INT32);
    return target.add(dropped.mul(none.sub(target)));
  }

  /** The guess of the noise (part 0) or of the variance (1). */
  private SDVariable channels(SDVariable prediction, int part) {
    long from = (long) part * model.channels();
    return prediction.get(
        SDIndex.all(),
        SDIndex.all(),
        SDIndex.all(),
        SDIndex.interval(from, from + model.channels()));
  }

  /** Values of a schedule at a graph's times, [batch, 1, 1, 1]. */
  private record Tables(Scope root, NoiseSchedule schedule, SDVariable time) {
    SDVariable now(String name, IntToDoubleFunction of) {
      Scope scope = root.child("schedule");
      SDVariable table =
          scope.constant(name, (shape, rng) -> schedule.table(of), schedule.steps(), 1);
      return scope.ops().embedding(scope.name(name + "_now"), table, time).reshape(-1, 1, 1, 1);
    }
  }

  private SDVariable bits(
      Tables tables, SDVariable clean, SDVariable noisy, SDVariable guess, SDVariable v) {
    SameDiff sd = tables.root.graph();
    SDVariable ofClean = tables.now("posterior_of_clean", schedule::posteriorOfClean);
    SDVariable ofNoisy = tables.now("posterior_of_noisy", schedule::posteriorOfNoisy);
    SDVariable least = tables.now("least_log_variance", schedule::posteriorLogVariance);
    SDVariable most = tables.now("most_log_variance", t -> StrictMath.log(schedule.beta(t)));
    SDVariable believed =
        noisy
            .mul(tables.now("clean_of_noisy", schedule::cleanOfNoisy))
            .sub(guess.mul(tables.now("clean_of_noise", schedule::cleanOfNoise)));
    SDVariable carried = noisy.mul(ofNoisy);
    SDVariable trueMean = clean.mul(ofClean).add(carried);
    SDVariable mean = believed.mul(ofClean).add(carried);
    SDVariable share = v.add(1).mul(0.5);
    SDVariable logVariance = share.mul(most.sub(least)).add(least);

    SDVariable distance = trueMean.sub(mean);
    SDVariable divergence =
        logVariance
            .sub(least)
            .sub(1)
            .add(sd.math.exp(least.sub(logVariance)))
            .add(distance.mul(distance).mul(sd.math.exp(logVariance.neg())))
            .mul(0.5);
    SDVariable unlikeliness = logProbability(sd, clean, mean, logVariance).neg();
    SDVariable first = tables.now("first", t -> t == 0 ? 1 : 0);
    SDVariable later = tables.now("later", t -> t == 0 ? 0 : 1);
    return unlikeliness
        .mul(first)
        .add(divergence.mul(later))
        .mul(1 / Math.log(2))
        .mean(BITS, 1, 2, 3);
  }

  /** Of a Gaussian integrated over ± 1/255, to the end of the axis beyond ± 0.999. */
  private SDVariable logProbability(
      SameDiff sd, SDVariable x, SDVariable mean, SDVariable logVariance) {
    SDVariable inverse = sd.math.exp(logVariance.mul(-0.5));
    SDVariable centred = x.sub(mean);
    SDVariable upper = distribution(sd, inverse.mul(centred.add(HALF_STEP)));
    SDVariable lower = distribution(sd, inverse.mul(centred.sub(HALF_STEP)));
    SDVariable lowest = sd.lt(x, -OPEN_END).castTo(x.dataType());
    SDVariable highest = sd.gt(x, OPEN_END).castTo(x.dataType());
    SDVariable inside = lowest.add(highest).rsub(1);
    return log(sd, upper)
        .mul(lowest)
        .add(log(sd, lower.rsub(1)).mul(highest))
        .add(log(sd, upper.sub(lower)).mul(inside));
  }

  private static SDVariable log(SameDiff sd, SDVariable probability) {
    return sd.math.log(sd.math.clipByValue(probability, LEAST_PROBABILITY, 2));
  }

  /** The standard normal's distribution function by tanh, as the official code has it. */
  private static SDVariable distribution(SameDiff sd, SDVariable x) {
    SDVariable w = x.mul(x).mul(0.044715).add(1).mul(x).mul(Math.sqrt(2 / Math.PI));
    return sd.math.tanh(w).add(1).mul(0.5);
  }
}
