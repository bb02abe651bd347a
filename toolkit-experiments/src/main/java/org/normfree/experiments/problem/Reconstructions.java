package org.normfree.experiments.problem;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.data.Images;
import org.normfree.core.data.Normalization;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.model.image.MaskedAutoencoder;
import org.normfree.core.model.image.MaskedAutoencoderConfig;
import org.normfree.core.model.image.MaskedReconstruction;
import org.normfree.core.model.image.Patches;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;
import org.normfree.core.record.ImageGrids;

/**
 * What a masked autoencoder makes of the first test images: in three rows the images, what of them
 * is seen, and that with the hidden patches as they are guessed. Where patches are predicted with
 * mean 0 and variance 1, a guess gets mean and variance of the patch it stands for, as in arXiv
 * 2111.06377, figure 2.
 */
final class Reconstructions {
  private static final String NAME = "reconstructions";
  private static final int MOST = 8;

  private final MaskedAutoencoderConfig shape;
  private final Normalization normalization;

  Reconstructions(MaskedAutoencoderConfig shape, Normalization normalization) {
    this.shape = shape;
    this.normalization = normalization;
  }

  /**
   * @param executor of the network's evaluation graph
   * @param images what is reconstructed
   * @param normalized the same as the network is fed with them, [batch, height, width, channels]
   * @param seed decides what is hidden
   */
  ImageGrids.Grid of(GraphExecutor executor, Images images, INDArray normalized, long seed) {
    int count = (int) Math.min(MOST, normalized.size(0));
    float[] all = normalized.dup('c').data().asFloat();
    INDArray input =
        Nd4j.createFromArray(Arrays.copyOf(all, count * images.imageSize()))
            .reshape(count, images.height(), images.width(), images.channels());
    Map<String, INDArray> guessed =
        executor.output(
            Map.of(Network.INPUT, input, MaskedAutoencoder.KEPT, kept(count, seed)),
            List.of(MaskedAutoencoder.PREDICTION, MaskedAutoencoder.MASK));
    return grid(images, count, rows(input, guessed));
  }

  private INDArray kept(int count, long seed) {
    int[][] kept = new int[count][];
    for (int i = 0; i < count; i++) {
      int[] order = new int[shape.patches().count()];
      Rng.of(seed, NAME, i).permute(order);
      kept[i] = Arrays.copyOf(order, shape.kept());
    }
    return Nd4j.createFromArray(kept);
  }

  /** The three rows, [batch, height, width, channels] each. */
  private List<INDArray> rows(INDArray input, Map<String, INDArray> guessed) {
    Patches patches = shape.patches();
    SameDiff sd = SameDiff.create();
    SDVariable image = sd.constant(input);
    SDVariable given = patches.of(image);
    SDVariable hidden =
        sd.constant(guessed.get(MaskedAutoencoder.MASK).reshape(input.size(0), patches.count(), 1));
    SDVariable seen = given.mul(hidden.rsub(1));
    SDVariable prediction = sd.constant(guessed.get(MaskedAutoencoder.PREDICTION));
    SDVariable guess =
        shape.normPix()
            ? MaskedReconstruction.restored(prediction, given, patches.size())
            : prediction;
    SDVariable visible = patches.image(seen);
    SDVariable whole = patches.image(seen.add(guess.mul(hidden)));
    Map<String, INDArray> rows = sd.output(Map.of(), visible.name(), whole.name());
    return List.of(input, rows.get(visible.name()), rows.get(whole.name()));
  }

  private ImageGrids.Grid grid(Images images, int count, List<INDArray> rows) {
    int size = images.imageSize();
    float[] values = new float[rows.size() * count * size];
    for (int row = 0; row < rows.size(); row++) {
      float[] pixels = rows.get(row).castTo(DataType.FLOAT).dup('c').data().asFloat();
      for (int i = 0; i < pixels.length; i++) {
        int channel = i % images.channels();
        values[row * count * size + i] =
            pixels[i] * normalization.std()[channel] + normalization.mean()[channel];
      }
    }
    return ImageGrids.Grid.of(
        NAME,
        "Test images, what is seen of them, and the rest as it is guessed",
        rows.size(),
        count,
        images.shape(),
        values,
        0,
        1);
  }
}
