package org.normfree.core.dl4j;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InvalidInputTypeException;
import org.deeplearning4j.nn.conf.layers.samediff.SDVertexParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.normfree.core.op.Ops;

/**
 * DeepNorm as a vertex of a Deeplearning4j {@code ComputationGraph}: {@code y = LN(α·x + G(x))}
 * over the channels.
 *
 * <p>Two inputs of one shape, in this order: the residual x, which α multiplies, and the branch
 * G(x). Both are [B, C], or channels-first [B, C, T], [B, C, H, W]; the output has their shape.
 * Channels-last formats are refused.
 *
 * <p>Parameters: {@code gain} [C] starting at 1 and {@code bias} [C] at 0, bias parameters to
 * Deeplearning4j so that {@code l2} and {@code weightDecay} leave them alone. α is a constant; the
 * branch's weights must be scaled by DeepNorm's β where they are initialized. Source: arXiv
 * 2203.00555, section 4.1.
 */
public class DeepNormVertex extends SameDiffVertex {
  private static final long serialVersionUID = 1L;

  private static final String X = "x";
  private static final String BRANCH = "branch";
  private static final String GAIN = "gain";
  private static final String BIAS = "bias";

  @JsonProperty private long channels;
  @JsonProperty private double alpha;
  @JsonProperty private double epsilon;

  /** For reading a configuration. */
  protected DeepNormVertex() {}

  /**
   * @param channels number of channels C, &gt; 0
   * @param alpha factor of the residual, finite
   * @param epsilon added to the variance, finite and &gt; 0
   * @throws IllegalArgumentException if one of them is out of its range
   */
  public DeepNormVertex(long channels, double alpha, double epsilon) {
    if (channels <= 0) {
      throw new IllegalArgumentException(
          "channels is %s, expected the inputs' number of channels, a number > 0"
              .formatted(channels));
    }
    if (!Double.isFinite(alpha)) {
      throw new IllegalArgumentException(
          "alpha is %s, expected a finite number; see DeepNormCoefficients".formatted(alpha));
    }
    if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
      throw new IllegalArgumentException(
          "epsilon is %s, expected a number > 0; 1e-5 is usual".formatted(epsilon));
    }
    this.channels = channels;
    this.alpha = alpha;
    this.epsilon = epsilon;
  }

  @Override
  public void defineParametersAndInputs(SDVertexParams params) {
    params.defineInputs(X, BRANCH);
    params.addBiasParam(GAIN, channels);
    params.addBiasParam(BIAS, channels);
  }

  @Override
  public void initializeParameters(Map<String, INDArray> params) {
    params.get(GAIN).assign(1);
    params.get(BIAS).assign(0);
  }

  @Override
  public SDVariable defineVertex(
      SameDiff sd,
      Map<String, SDVariable> inputs,
      Map<String, SDVariable> params,
      Map<String, SDVariable> masks) {
    SDVariable x = inputs.get(X);
    SDVariable y =
        Ops.of(sd)
            .deepNorm(
                null,
                ChannelAxis.toLast(sd, x),
                ChannelAxis.toLast(sd, inputs.get(BRANCH)),
                alpha,
                params.get(GAIN),
                params.get(BIAS),
                epsilon);
    return ChannelAxis.fromLast(sd, y, x.getShape().length);
  }

  @Override
  public int minVertexInputs() {
    return 2;
  }

  @Override
  public int maxVertexInputs() {
    return 2;
  }

  /**
   * The type of the residual.
   *
   * @throws InvalidInputTypeException if the inputs are not two of one type, with the vertex's
   *     number of channels on axis 1
   */
  @Override
  public InputType getOutputType(int layerIndex, InputType... inputs)
      throws InvalidInputTypeException {
    if (inputs.length != 2 || !inputs[0].equals(inputs[1])) {
      throw new InvalidInputTypeException(
          "DeepNormVertex needs two inputs of one type, the residual and the branch, got %s"
              .formatted(Arrays.toString(inputs)));
    }
    boolean flat = inputs[0].getType() == InputType.Type.FF;
    if (ChannelAxis.size(inputs[0]) != channels || (!flat && ChannelAxis.isLast(inputs[0]))) {
      throw new InvalidInputTypeException(
          "DeepNormVertex was made for %s channels on axis 1, got %s; pass that number of channels in a channels-first format"
              .formatted(channels, inputs[0]));
    }
    return inputs[0];
  }

  /** The residual's mask, unchanged. */
  @Override
  public Pair<INDArray, MaskState> feedForwardMaskArrays(
      INDArray[] masks, MaskState state, int minibatchSize) {
    return new Pair<>(masks == null ? null : masks[0], state);
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    setName(name);
    return new HalvedGradient(this, graph, name, index, parameters, initialize, type);
  }

  /** As in {@link DyTLayer}: takes back the factor of two of every SameDiff vertex. */
  @SuppressWarnings("overrides") // setInputs, inherited from Deeplearning4j
  private static final class HalvedGradient extends SameDiffGraphVertex {
    private static final long serialVersionUID = 1L;

    HalvedGradient(
        DeepNormVertex vertex,
        ComputationGraph graph,
        String name,
        int index,
        INDArray parameters,
        boolean initialize,
        DataType type) {
      super(vertex, graph, name, index, parameters, initialize, type);
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr manager) {
      setEpsilon(getEpsilon().mul(0.5));
      return super.doBackward(truncated, manager);
    }
  }

  @Override
  public GraphVertex clone() {
    DeepNormVertex copy = new DeepNormVertex(channels, alpha, epsilon);
    copy.setRegularization(regularization);
    copy.setRegularizationBias(regularizationBias);
    copy.setUpdater(updater == null ? null : updater.clone());
    copy.setBiasUpdater(biasUpdater == null ? null : biasUpdater.clone());
    copy.setGradientNormalization(gradientNormalization);
    copy.setGradientNormalizationThreshold(gradientNormalizationThreshold);
    copy.setDataType(dataType);
    return copy;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DeepNormVertex that
        && channels == that.channels
        && alpha == that.alpha
        && epsilon == that.epsilon;
  }

  @Override
  public int hashCode() {
    return Objects.hash(channels, alpha, epsilon);
  }
}
