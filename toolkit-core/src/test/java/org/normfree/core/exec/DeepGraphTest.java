package org.normfree.core.exec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Branch;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.method.Stack;
import org.normfree.core.method.WeightRole;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;

/** Networks of a thousand and more layers are built and differentiated in linear time. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeepGraphTest {
  private static final int WIDTH = 3;

  /** Residual layers of two linear maps with a GELU between. */
  private static Network stack(String name, int layers) {
    Method method = Methods.create(name, MethodOptions.DEFAULTS);
    Scope root = Scope.root(DataType.FLOAT, 1);
    SameDiff sd = root.graph();
    Stack stack = Stack.encoderOnly(layers);
    WeightRole in = new WeightRole(WeightRole.Kind.FFN_IN, stack);
    WeightRole out = new WeightRole(WeightRole.Kind.FFN_OUT, stack);
    SDVariable x = sd.placeHolder(Network.INPUT, DataType.FLOAT, -1, WIDTH);
    for (int i = 0; i < layers; i++) {
      Scope scope = root.child("layer" + i);
      x =
          method.residual(
              scope,
              new Branch(Branch.Kind.FFN, i, WIDTH, stack),
              x,
              y -> {
                SDVariable h = method.linear(scope.child("fc1"), in, y, WIDTH, 2 * WIDTH);
                SDVariable activated = scope.ops().gelu(scope.name("gelu"), h);
                return method.linear(scope.child("fc2"), out, activated, 2 * WIDTH, WIDTH);
              });
    }
    x.mul(x).mean().rename(Network.LOSS);
    sd.setLossVariables(Network.LOSS);
    return root.network();
  }

  /** Bytes that this thread allocates: a measure of work that no other process disturbs. */
  private static long work(Runnable task) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    task.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  // linear is 4; with one search through all ops or variables an op it would near 16
  @ParameterizedTest
  @ValueSource(strings = {"pre-ln", "deepnorm", "rezero"})
  void fourTimesTheLayersAreFourTimesTheWork(String method) {
    GradientGraph.of(stack(method, 10).graph()); // class loading is not the graph's
    Network[] built = new Network[2];
    double building =
        1.0
            / work(() -> built[0] = stack(method, 250))
            * work(() -> built[1] = stack(method, 1000));
    double differentiating =
        1.0
            / work(() -> GradientGraph.of(built[0].graph()))
            * work(() -> GradientGraph.of(built[1].graph()));
    assertThat(differentiating).as("differentiating").isBetween(3.0, 5.0);
    // deepnorm has no op of ND4J's in its layers; those are numbered by trial, a quadratic part
    assertThat(building).as("building").isBetween(3.0, method.equals("deepnorm") ? 5.0 : 12.0);
  }

  @Test
  void twoThousandLayersNeedNoDeepCallStack() throws InterruptedException {
    Network shallow = stack("deepnorm", 1);
    GradientGraph.of(shallow.graph());
    AtomicReference<GradientGraph> gradients = new AtomicReference<>();
    AtomicReference<Network> network = new AtomicReference<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              network.set(stack("deepnorm", 2000));
              gradients.set(GradientGraph.of(network.get().graph()));
            },
            "small stack",
            256 << 10);
    thread.start();
    thread.join();
    assertThat(gradients.get().gradientNames().keySet())
        .containsExactlyInAnyOrderElementsOf(
            network.get().parameters().stream().map(Network.Parameter::name).toList());
  }
}
