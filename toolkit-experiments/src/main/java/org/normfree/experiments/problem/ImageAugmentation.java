package org.normfree.experiments.problem;

import java.util.ArrayList;
import java.util.List;
import org.normfree.core.data.Augmentation;
import org.normfree.core.data.Images;
import org.normfree.core.data.Normalization;
import org.normfree.core.data.augment.ColorJitter;
import org.normfree.core.data.augment.Interpolation;
import org.normfree.core.data.augment.Interval;
import org.normfree.core.data.augment.RandAugment;
import org.normfree.core.data.augment.RandomErasing;
import org.normfree.core.data.augment.RandomResizedCrop;
import org.normfree.core.data.augment.Sequence;
import org.normfree.core.data.augment.Transform;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;

/** How settings say that training images are varied. */
final class ImageAugmentation {
  private static final int RANDAUGMENT_OPERATIONS = 2;

  private ImageAugmentation() {}

  /**
   * @param config settings with the keys of {@link Keys#training()}
   * @param images the training images
   * @param normalization theirs
   * @return what the settings ask for: crop, then RandAugment, colour jitter, erasing
   */
  static Augmentation of(Config config, Images images, Normalization normalization) {
    List<Transform> transforms = new ArrayList<>();
    double area = config.get(Keys.CROP_AREA);
    if (area > 0) {
      transforms.add(
          new RandomResizedCrop(
              images.height(),
              images.width(),
              new Interval(area, 1),
              RandomResizedCrop.USUAL_ASPECT,
              Interpolation.BICUBIC));
    }
    int magnitude = config.get(Keys.RANDAUGMENT);
    if (magnitude > 0) {
      transforms.add(new RandAugment(RANDAUGMENT_OPERATIONS, magnitude));
    }
    double jitter = config.get(Keys.JITTER);
    if (jitter > 0) {
      transforms.add(new ColorJitter(jitter, jitter, jitter / 2, jitter / 4));
    }
    double erase = config.get(Keys.ERASE);
    if (erase > 0) {
      transforms.add(
          new RandomErasing(
                  RandomErasing.USUAL_AREA,
                  RandomErasing.USUAL_ASPECT,
                  normalization.mean(),
                  normalization.std())
              .withProbability(erase));
    }
    return new Augmentation(
        config.get(Keys.CROP),
        config.get(Keys.FLIP),
        new Sequence(transforms),
        config.get(Keys.MIXUP),
        config.get(Keys.CUTMIX),
        config.get(Keys.LABEL_SMOOTHING));
  }
}
