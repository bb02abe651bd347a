package org.normfree.benchmarks;

import java.util.List;
import java.util.Locale;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.exec.GradientGraph;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.model.image.VisionTransformer;

/**
 * Seconds to build and to differentiate a Vision Transformer of width 32, by SameDiff and by {@link
 * GradientGraph}, over its depth. Arguments: numbers of residual layers, two a block.
 */
public final class DepthBuild {
  private static final List<String> METHODS = List.of("pre-ln", "deepnorm", "dyt");

  private DepthBuild() {}

  private static SameDiff graph(String method, int layers) {
    ViTConfig config =
        new ViTConfig(8, 8, 1, 10, 2, 32, layers / 2, 2, 4, ViTConfig.Pooling.MEAN, 0);
    return VisionTransformer.build(
            config, Methods.create(method, MethodOptions.DEFAULTS), DataType.FLOAT, 1)
        .graph();
  }

  private static double seconds(Runnable task) {
    long start = System.nanoTime();
    task.run();
    return (System.nanoTime() - start) / 1e9;
  }

  /**
   * Prints a line for each method and depth, between SameDiff's own lines.
   *
   * @param arguments depths in residual layers; 250, 500 and 1000 if there are none
   */
  public static void main(String[] arguments) {
    String[] depths = arguments.length == 0 ? new String[] {"250", "500", "1000"} : arguments;
    for (int i = 0; i < 3; i++) { // to warm up
      GradientGraph.of(graph("pre-ln", 100));
      graph("pre-ln", 100).createGradFunction();
    }
    for (String method : METHODS) {
      for (String depth : depths) {
        int layers = Integer.parseInt(depth);
        SameDiff[] graphs = new SameDiff[2];
        double build = seconds(() -> graphs[0] = graph(method, layers));
        graphs[1] = graph(method, layers);
        double ours = seconds(() -> GradientGraph.of(graphs[0]));
        double theirs = seconds(graphs[1]::createGradFunction);
        System.out.printf(
            Locale.ROOT,
            "depth: %s, %d layers, %d ops: build %.2f s, GradientGraph %.2f s, SameDiff %.2f s%n",
            method,
            layers,
            graphs[0].getOps().size(),
            build,
            ours,
            theirs);
      }
    }
  }
}
