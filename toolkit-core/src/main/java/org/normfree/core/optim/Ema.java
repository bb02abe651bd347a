package org.normfree.core.optim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;

/**
 * An exponential moving average, {@code s ← d·s + (1 − d)·p}, of arrays p in arrays s of the same
 * names; without bias correction, so it should start as a copy. With d = 0 it is a copy each time.
 *
 * <p>An average of weights is one of parameters. States, for example running statistics, are not
 * averaged: an evaluation on averaged weights takes them as they are.
 */
public final class Ema implements Follower {
  private final String name;
  private final Place place;
  private final Map<String, INDArray> leaders;
  private final Map<String, INDArray> followers;
  private final boolean own;
  private final Schedule decay;
  private final ElementLoop loop = new ElementLoop(2);

  private Ema(
      String name,
      Place place,
      Map<String, INDArray> leaders,
      Map<String, INDArray> followers,
      boolean own,
      Schedule decay) {
    this.name = name;
    this.place = place;
    this.leaders = leaders;
    this.followers = followers;
    this.own = own;
    this.decay = decay;
    decay(0);
  }

  /**
   * An average that evaluations use in the place of what it averages. It starts as a copy and moves
   * after each step.
   *
   * @param parameters the arrays to average, by name, FLOAT or DOUBLE
   * @param decay d of each step, from 0 to 1, usually 0.999 or more
   * @throws InputException if the first decay is out of range
   */
  public static Ema average(Map<String, INDArray> parameters, Schedule decay) {
    Map<String, INDArray> averages = new LinkedHashMap<>();
    parameters.forEach((name, array) -> averages.put(name, array.dup('c')));
    return new Ema("ema", Place.AFTER_STEP, new LinkedHashMap<>(parameters), averages, true, decay);
  }

  /**
   * Arrays of one network that follow those of another, from what they hold now on.
   *
   * @param name what the follower is called
   * @param place when it moves
   * @param followers the arrays that move, by name
   * @param leaders the arrays they follow; of the same names, others are left alone
   * @param decay d of each step, from 0 to 1
   * @throws InputException if the first decay is out of range
   * @throws IllegalArgumentException if an array has nothing to follow
   */
  public static Ema of(
      String name,
      Place place,
      Map<String, INDArray> followers,
      Map<String, INDArray> leaders,
      Schedule decay) {
    Map<String, INDArray> followed = new LinkedHashMap<>(leaders);
    followed.keySet().retainAll(followers.keySet());
    if (!followed.keySet().containsAll(followers.keySet())) {
      throw new IllegalArgumentException(
          "%s is to follow %s, but there are only %s"
              .formatted(name, followers.keySet(), leaders.keySet()));
    }
    return new Ema(name, place, followed, new LinkedHashMap<>(followers), false, decay);
  }

  /**
   * Makes the followers equal to what they follow, as a teacher starts that was not built alike.
   *
   * @return this
   */
  public Ema startingAsCopy() {
    leaders.forEach((array, leader) -> followers.get(array).assign(leader));
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Place place() {
    return place;
  }

  private double decay(long step) {
    double d = decay.rate(step);
    if (!(d >= 0 && d <= 1)) {
      throw new InputException(
          "the EMA decay of step %s is %s; expected a number from 0 to 1, for example 0.999"
              .formatted(step, d));
    }
    return d;
  }

  @Override
  public void follow(long step) {
    double decay = decay(step);
    leaders.forEach(
        (array, leader) ->
            loop.add(
                array,
                (rows, n) -> {
                  float[] s = rows[0];
                  float[] p = rows[1];
                  float d = (float) decay;
                  float rest = (float) (1 - decay);
                  for (int i = 0; i < n; i++) {
                    s[i] = d * s[i] + rest * p[i];
                  }
                },
                (rows, n) -> {
                  double[] s = rows[0];
                  double[] p = rows[1];
                  for (int i = 0; i < n; i++) {
                    s[i] = decay * s[i] + (1 - decay) * p[i];
                  }
                },
                1,
                followers.get(array),
                leader));
    loop.run();
  }

  /** {@inheritDoc} Parameters hold their averages meanwhile, if they have any. */
  @Override
  public void evaluating(Runnable evaluation) {
    if (!own) {
      evaluation.run();
      return;
    }
    swap();
    try {
      evaluation.run();
    } finally {
      swap();
    }
  }

  private void swap() {
    leaders.forEach(
        (array, leader) ->
            loop.add(
                array,
                (rows, n) -> {
                  for (int i = 0; i < n; i++) {
                    float s = rows[0][i];
                    rows[0][i] = rows[1][i];
                    rows[1][i] = s;
                  }
                },
                (rows, n) -> {
                  for (int i = 0; i < n; i++) {
                    double s = rows[0][i];
                    rows[0][i] = rows[1][i];
                    rows[1][i] = s;
                  }
                },
                2,
                followers.get(array),
                leader));
    loop.run();
  }

  @Override
  public Map<String, INDArray> state() {
    Map<String, INDArray> copy = new LinkedHashMap<>();
    if (own) {
      followers.forEach((array, average) -> copy.put(array, average.dup('c')));
    }
    return copy;
  }

  @Override
  public void restore(Map<String, INDArray> state) {
    NamedArrays.requireSame("follower " + name, own ? followers : Map.of(), state);
    state.forEach((array, average) -> followers.get(array).assign(average));
  }
}
