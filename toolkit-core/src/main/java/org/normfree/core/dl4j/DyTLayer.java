package org.normfree.core.dl4j;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.normfree.core.op.Ops;

/**
 * DyT as a Deeplearning4j layer: {@code y = γ·tanh(α·x) + β} in place of a normalization layer.
 *
 * <p>Takes what a layer of Deeplearning4j gives: [B, C], recurrent [B, C, T], convolutional [B, C,
 * H, W] and [B, C, D, H, W]; γ and β go along the channels, axis 1 (the last axis if the network's
 * input type says NWC, NHWC or NDHWC). The output has the shape of the input; a mask is passed on
 * unchanged.
 *
 * <p>Parameters: {@code alpha} [1] starting at α₀, {@code gamma} [C] at 1, {@code beta} [C] at 0.
 * All three are bias parameters to Deeplearning4j, so that {@code l2} and {@code weightDecay} leave
 * them alone, as in the official vision recipe; {@code biasUpdater} and {@code weightDecayBias}
 * reach them. Source: arXiv 2503.10622, section 4.
 */
public class DyTLayer extends SameDiffLayer {
  private static final long serialVersionUID = 1L;

  private static final String ALPHA = "alpha";
  private static final String GAMMA = "gamma";
  private static final String BETA = "beta";

  @JsonProperty private double alpha0;
  @JsonProperty private long channels;
  @JsonProperty private boolean channelsLast;

  /** For reading a configuration. */
  protected DyTLayer() {}

  /**
   * @param builder the settings
   */
  protected DyTLayer(Builder builder) {
    super(builder);
    alpha0 = builder.alpha0;
    channels = builder.channels;
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {
    if (channels <= 0 || override) {
      channels = ChannelAxis.size(inputType);
      setLayerParams(null); // the shapes may have been asked for with another width
    }
    channelsLast = ChannelAxis.isLast(inputType);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return inputType;
  }

  @Override
  public void defineParameters(SDLayerParams params) {
    if (channels <= 0) {
      throw new IllegalStateException(
          "DyTLayer %s does not know its number of channels; call setInputType on the network's configuration, or nIn on the layer's builder"
              .formatted(getLayerName()));
    }
    params.addBiasParam(ALPHA, 1);
    params.addBiasParam(GAMMA, channels);
    params.addBiasParam(BETA, channels);
  }

  @Override
  public void initializeParameters(Map<String, INDArray> params) {
    params.get(ALPHA).assign(alpha0);
    params.get(GAMMA).assign(1);
    params.get(BETA).assign(0);
  }

  @Override
  public SDVariable defineLayer(
      SameDiff sd, SDVariable x, Map<String, SDVariable> params, SDVariable mask) {
    boolean move = !channelsLast;
    SDVariable y =
        Ops.of(sd)
            .dyt(
                null,
                move ? ChannelAxis.toLast(sd, x) : x,
                params.get(ALPHA),
                params.get(GAMMA),
                params.get(BETA));
    return move ? ChannelAxis.fromLast(sd, y, x.getShape().length) : y;
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    HalvedGradient layer = new HalvedGradient(conf, type);
    layer.setIndex(index);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initializer().init(conf, parameters, initialize));
    return layer;
  }

  /**
   * Takes back a factor of two: in 1.0.0-M2.1 {@code ExternalErrorsFunction} both sets the gradient
   * that comes from above and returns it to be added, so every SameDiff layer doubles it.
   */
  private static final class HalvedGradient
      extends org.deeplearning4j.nn.layers.samediff.SameDiffLayer {
    private static final long serialVersionUID = 1L;

    HalvedGradient(NeuralNetConfiguration conf, DataType type) {
      super(conf, type);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray upstream, LayerWorkspaceMgr manager) {
      return super.backpropGradient(upstream.mul(0.5), manager);
    }
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && other instanceof DyTLayer that
        && alpha0 == that.alpha0
        && channels == that.channels
        && channelsLast == that.channelsLast;
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), alpha0, channels, channelsLast);
  }

  /** Settings of a {@link DyTLayer}. */
  @SuppressWarnings("unchecked") // Deeplearning4j's build() promises any layer type
  public static class Builder extends SameDiffLayer.Builder<Builder> {
    private double alpha0 = 0.5;
    private long channels;

    /** Starts from α₀ = 0.5 and the number of channels the network's input type says. */
    public Builder() {}

    /**
     * @param alpha0 initial α, finite; default 0.5, the paper's value outside of language models
     * @return this
     * @throws IllegalArgumentException if it is not finite
     */
    public Builder alpha0(double alpha0) {
      if (!Double.isFinite(alpha0)) {
        throw new IllegalArgumentException(
            "alpha0 is %s, expected a finite number; 0.5 is usual".formatted(alpha0));
      }
      this.alpha0 = alpha0;
      return this;
    }

    /**
     * @param channels number of channels, &gt; 0; needed only where the network's configuration has
     *     no input type
     * @return this
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder nIn(long channels) {
      if (channels <= 0) {
        throw new IllegalArgumentException(
            "nIn is %s, expected the number of channels, a number > 0".formatted(channels));
      }
      this.channels = channels;
      return this;
    }

    @Override
    public DyTLayer build() {
      return new DyTLayer(this);
    }
  }
}
