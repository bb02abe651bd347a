package org.normfree.core.op;

import java.util.List;
import org.nd4j.imports.converters.ImportClassMapping;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

/**
 * Makes the project's ops known to ND4J: by name, so that SameDiff can clone, save and load graphs
 * that hold them. The toolkit's ND4J backend calls it when ND4J starts.
 */
public final class Registration {
  private static final List<NormfreeOp> OPS =
      List.of(
          new DynamicActivation(),
          new DynamicActivationGradient(),
          new DeepNorm(),
          new DeepNormGradient(),
          new LayerNorm(),
          new LayerNormGradient(),
          new RmsNorm(),
          new RmsNormGradient(),
          new ExactGelu(),
          new ExactGeluGradient(),
          new TanhGelu(),
          new TanhGeluGradient(),
          new Silu(),
          new SiluGradient(),
          new SoftmaxCrossEntropy(),
          new SoftmaxCrossEntropyGradient(),
          new SparseCrossEntropy(),
          new SparseCrossEntropyGradient(),
          new Embedding(),
          new EmbeddingGradient(),
          new Rotary(),
          new Attention(),
          new AttentionGradient(),
          new Linear(),
          new LinearGradient(),
          new Convolution(),
          new ConvolutionGradient(),
          new MaxPool(),
          new MaxPoolGradient(),
          new SigmaReparam(),
          new SigmaReparamGradient(),
          new BatchNorm(),
          new BatchNormGradient(),
          new BatchNormWith(),
          new BatchNormWithGradient(),
          new GroupNorm(),
          new GroupNormGradient(),
          new WeightNorm(),
          new WeightNormGradient(),
          new L2Normalize(),
          new L2NormalizeGradient(),
          new GatherRows(),
          new GatherRowsGradient(),
          new ScatterRows(),
          new Modulation(),
          new ModulationGradient(),
          new StopGradient(),
          new SelectiveScan(),
          new SelectiveScanGradient(),
          new LongConvolution(),
          new LongConvolutionGradient(),
          new GumbelQuantizer(),
          new GumbelQuantizerGradient(),
          new ContrastiveLoss(),
          new ContrastiveLossGradient(),
          new CtcLoss(),
          new CtcLossGradient());

  private Registration() {}

  /** The names of all ops, each followed by its gradient's. */
  public static List<String> names() {
    return OPS.stream().map(NormfreeOp::opName).toList();
  }

  /**
   * Puts every op where ND4J looks op names up, and says in the log if another executioner stands
   * in the way; doing it again changes nothing.
   */
  public static void register() {
    for (NormfreeOp op : OPS) {
      ImportClassMapping.getOpNameMapping().put(op.opName(), op);
    }
    if (!(Nd4j.getExecutioner() instanceof NormfreeExecutioner)) {
      LoggerFactory.getLogger(Registration.class)
          .error(
              "The op executioner {} replaces the toolkit's: normfree ops will be refused",
              Nd4j.getExecutioner().getClass().getName());
    }
  }

  /**
   * Refuses to build a graph that ND4J could not run.
   *
   * @throws IllegalStateException if ND4J runs with an executioner that does not know the ops
   */
  static void requireInstalled() {
    OpExecutioner executioner = Nd4j.getExecutioner();
    if (!(executioner instanceof NormfreeExecutioner)) {
      throw new IllegalStateException(
          "ND4J runs with the op executioner %s, which does not know the normfree ops, on backend %s;"
                  .formatted(executioner.getClass().getName(), Nd4j.getBackend())
              + " remove your own 'opexec' (system property or nd4j properties file), or let it extend"
              + " the executioner of your backend in "
              + NormfreeExecutioner.class.getPackageName());
    }
  }
}
