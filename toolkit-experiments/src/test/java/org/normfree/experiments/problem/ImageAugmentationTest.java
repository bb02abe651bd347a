package org.normfree.experiments.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.normfree.core.data.Augmentation;
import org.normfree.core.data.Digits;
import org.normfree.core.data.Images;
import org.normfree.core.data.Normalization;
import org.normfree.core.data.augment.ColorJitter;
import org.normfree.core.data.augment.Interpolation;
import org.normfree.core.data.augment.Interval;
import org.normfree.core.data.augment.RandAugment;
import org.normfree.core.data.augment.RandomErasing;
import org.normfree.core.data.augment.RandomResizedCrop;
import org.normfree.core.data.augment.Transform;
import org.normfree.experiments.config.Config;

class ImageAugmentationTest {
  private static final Images IMAGES = Digits.load().train();
  private static final Normalization NORMALIZATION = Normalization.of(IMAGES);

  private static Augmentation of(String... assignments) {
    Config config =
        Config.resolve(
            "train", ImageClassification.KIND.keys(), Optional.empty(), List.of(assignments));
    return ImageAugmentation.of(config, IMAGES, NORMALIZATION);
  }

  @Test
  void isNoneByDefault() {
    assertThat(of()).isEqualTo(Augmentation.NONE);
  }

  @Test
  void isWhatTheSettingsSay() {
    Transform transform =
        Transform.sequence(
            new RandomResizedCrop(
                8, 8, new Interval(0.4, 1), new Interval(3 / 4.0, 4 / 3.0), Interpolation.BICUBIC),
            new RandAugment(2, 9),
            new ColorJitter(0.4, 0.4, 0.2, 0.1),
            new RandomErasing(
                    new Interval(0.02, 1 / 3.0),
                    new Interval(0.3, 1 / 0.3),
                    NORMALIZATION.mean(),
                    NORMALIZATION.std())
                .withProbability(0.25));
    assertThat(
            of(
                "crop=1",
                "flip=true",
                "crop.area=0.4",
                "randaugment=9",
                "jitter=0.4",
                "erase=0.25",
                "mixup=0.8",
                "cutmix=1",
                "label.smoothing=0.1"))
        .isEqualTo(new Augmentation(1, true, transform, 0.8, 1, 0.1));
  }
}
