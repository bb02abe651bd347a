package org.normfree.core.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.normfree.core.InputException;
import org.normfree.core.data.augment.Image;
import org.normfree.core.data.augment.ImageSize;
import org.normfree.core.data.augment.Transform;
import org.normfree.core.nn.Network;

/**
 * An endless stream of mini-batches in which every image is seen in several crops, as
 * self-distillation wants it (arXiv 2104.14294). Crops of one size lie in one placeholder, crop
 * after crop: {@code [crops·images, height, width, channels]}, row {@code v·images + b} being crop
 * v of image b. Beside them a batch brings the images' classes, INT [images], as {@link
 * Network#TARGETS}.
 *
 * <p>A batch depends on nothing but the arguments of the constructor and the step's number; the
 * images of a step are those that {@link TrainingBatches} takes with the same seed. Every crop has
 * random numbers of its own, so that adding crops behind the others leaves those as they were. Safe
 * for use by several threads.
 */
public final class MultiCropBatches implements BatchStream {
  private final Images images;
  private final Normalization normalization;
  private final List<Views> views;
  private final EpochOrder order;
  private final long seed;

  /**
   * Crops that are fed together.
   *
   * @param placeholder what they are fed to
   * @param recipes how each is made; all must give one size
   */
  public record Views(String placeholder, List<Transform> recipes) {
    /** Copies the list. */
    public Views {
      recipes = List.copyOf(recipes);
    }

    /** The size of these crops of images of a size. */
    private ImageSize size(ImageSize image) {
      if (recipes.isEmpty()) {
        throw new InputException(
            "there are no crops for %s; give at least one recipe or leave it out"
                .formatted(placeholder));
      }
      List<ImageSize> sizes =
          recipes.stream().map(recipe -> recipe.sizeAfter(image)).distinct().toList();
      if (sizes.size() > 1) {
        throw new InputException(
            "the crops for %s are of the sizes %s; expected one".formatted(placeholder, sizes));
      }
      return sizes.get(0);
    }
  }

  /**
   * @param images the training images, at least one
   * @param normalization applied last
   * @param views the crops of each placeholder
   * @param batchSize images a batch, at least 1
   * @param seed of order and crops
   * @throws InputException if there are no images or no crops, the batch size is not positive, a
   *     placeholder is named twice or its crops differ in size, or a recipe refuses such images
   */
  public MultiCropBatches(
      Images images, Normalization normalization, List<Views> views, int batchSize, long seed) {
    EvaluationBatches.check(images, normalization, batchSize);
    if (views.isEmpty()) {
      throw new InputException("there are no crops to make batches of; expected at least one");
    }
    List<String> names = views.stream().map(Views::placeholder).toList();
    if (names.stream().distinct().count() < names.size()) {
      throw new InputException("the crops are for %s; expected a name but once".formatted(names));
    }
    views.forEach(view -> view.size(images.size()));
    this.images = images;
    this.normalization = normalization;
    this.views = List.copyOf(views);
    this.order = new EpochOrder(images.count(), batchSize, seed);
    this.seed = seed;
  }

  /** Images in every batch. */
  public int batchSize() {
    return order.batchSize();
  }

  @Override
  public int stepsPerEpoch() {
    return order.stepsPerEpoch();
  }

  @Override
  public Batch batch(long step) {
    int[] chosen = order.images(step);
    SplittableRandom random = Streams.CROPS.of(seed, step);
    Map<String, Batch.Feed> feeds = new LinkedHashMap<>();
    for (Views view : views) {
      List<Image> crops = new ArrayList<>();
      for (Transform recipe : view.recipes()) {
        for (int image : chosen) {
          crops.add(recipe.apply(images.image(image), random.split()));
        }
      }
      feeds.put(view.placeholder(), normalization.batch(crops));
    }
    feeds.put(Network.TARGETS, new Batch.Integers(images.labels(chosen), chosen.length));
    return new Batch(feeds, chosen.length, chosen.length);
  }
}
