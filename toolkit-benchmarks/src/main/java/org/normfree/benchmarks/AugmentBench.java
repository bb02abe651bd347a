package org.normfree.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.normfree.core.data.Images;
import org.normfree.core.data.MultiCropBatches;
import org.normfree.core.data.MultiCropBatches.Views;
import org.normfree.core.data.Normalization;
import org.normfree.core.data.augment.ColorJitter;
import org.normfree.core.data.augment.DinoRecipe;
import org.normfree.core.data.augment.GaussianBlur;
import org.normfree.core.data.augment.Grayscale;
import org.normfree.core.data.augment.HorizontalFlip;
import org.normfree.core.data.augment.Image;
import org.normfree.core.data.augment.RandAugment;
import org.normfree.core.data.augment.RandomErasing;
import org.normfree.core.data.augment.RandomResizedCrop;
import org.normfree.core.data.augment.Shift;
import org.normfree.core.data.augment.Solarize;
import org.normfree.core.data.augment.Transform;

/**
 * How many images a second of its processor time one thread varies. Counted is that thread's time,
 * not that of the wall, so that other work on the machine matters little; the collector's is not in
 * it.
 */
final class AugmentBench {
  private static final int SIDE = 32;
  private static final int CHANNELS = 3;
  private static final int IMAGES = 64;
  private static final int BATCHES_A_ROUND = 30;

  private final Setting setting;
  private final Results results;
  private double seen;

  AugmentBench(Setting setting, Results results) {
    this.setting = setting;
    this.results = results;
  }

  void run() {
    Images images = images();
    transforms()
        .forEach(
            (name, transform) -> {
              SplittableRandom random = new SplittableRandom(2);
              Image[] all = new Image[IMAGES];
              for (int i = 0; i < IMAGES; i++) {
                all[i] = images.image(i);
              }
              measure(
                  name,
                  batch -> {
                    double sum = 0;
                    for (Image image : all) {
                      sum += transform.apply(image, random).pixels()[0];
                    }
                    return sum;
                  });
            });
    Transform global = RandomResizedCrop.square(SIDE, 0.4, 1);
    Transform local = RandomResizedCrop.square(SIDE / 2, 0.05, 0.4);
    MultiCropBatches crops =
        new MultiCropBatches(
            images,
            Normalization.of(images),
            List.of(
                new Views("globals", DinoRecipe.globals(global)),
                new Views("locals", DinoRecipe.locals(local, 6))),
            IMAGES,
            3);
    measure("dino 2+6 crops", batch -> crops.batch(batch).reals("globals")[0]);
  }

  /** Rounds of batches; {@code batch} gives a number that depends on what it made. */
  private void measure(String name, IntToDoubleFunction batch) {
    double[] perSecond = new double[setting.rounds()];
    for (int round = -setting.warmUp(); round < setting.rounds(); round++) {
      long start = processorTime();
      for (int i = 0; i < BATCHES_A_ROUND; i++) {
        seen += batch.applyAsDouble(i); // or the compiler could leave it all out
      }
      long nanos = processorTime() - start;
      if (round >= 0) {
        perSecond[round] = 1e9 * BATCHES_A_ROUND * IMAGES / nanos;
      }
    }
    Sample sample = new Sample(perSecond);
    if (Double.isNaN(seen)) {
      throw new IllegalStateException(name + " made pixels that are no numbers");
    }
    setting.say("augment %s: %.0f images/s", name, sample.median());
    results.add(Row.of("augment", name, "toolkit", "toolkit", "images/s", sample, sample.median()));
  }

  private static long processorTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static Map<String, Transform> transforms() {
    Map<String, Transform> transforms = new LinkedHashMap<>();
    transforms.put("shift", new Shift(4));
    transforms.put("flip", new HorizontalFlip());
    transforms.put("crop, bicubic", RandomResizedCrop.square(SIDE, 0.2, 1));
    transforms.put("jitter", new ColorJitter(0.4, 0.4, 0.2, 0.1));
    transforms.put("grey", new Grayscale());
    transforms.put("blur", GaussianBlur.USUAL);
    transforms.put("solarize", Solarize.USUAL);
    transforms.put("randaugment", new RandAugment(2, 9));
    transforms.put(
        "erase",
        new RandomErasing(
            RandomErasing.USUAL_AREA,
            RandomErasing.USUAL_ASPECT,
            new float[] {0.5f, 0.5f, 0.5f},
            new float[] {0.25f, 0.25f, 0.25f}));
    return transforms;
  }

  private static Images images() {
    SplittableRandom random = new SplittableRandom(1);
    float[] pixels = new float[IMAGES * SIDE * SIDE * CHANNELS];
    for (int k = 0; k < pixels.length; k++) {
      pixels[k] = (float) random.nextDouble();
    }
    return new Images(pixels, new int[IMAGES], SIDE, SIDE, CHANNELS, List.of("any"));
  }
}
