package org.normfree.core.exec;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.op.Ops;

/**
 * A program that uses results of a compiled executor longer than the executor, or lets go of
 * executors early. It prints "right" at the end, if it gets there.
 */
final class Lifetimes {
  private static final int ROWS = 500;
  private static final int WIDTH = 600;

  private Lifetimes() {}

  /**
   * @param args what is done: {@code collected}, {@code closed}, {@code running} or {@code scope}
   */
  public static void main(String[] args) {
    switch (args[0]) {
      case "collected" -> collected();
      case "closed" -> closed();
      case "running" -> running();
      case "scope" -> scope();
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.out.println("right");
  }

  /** y = gelu(x·w) for x of ones and w of ones. */
  private static SameDiff graph() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, ROWS, WIDTH);
    SDVariable w = sd.var("w", Nd4j.ones(DataType.FLOAT, WIDTH, WIDTH).muli(1.0 / WIDTH));
    Ops.of(sd).linear("y", sd.math.tanh(x), w, null).mean("loss");
    sd.setLossVariables("loss");
    return sd;
  }

  private static Map<String, INDArray> in() {
    return Map.of("x", Nd4j.ones(DataType.FLOAT, ROWS, WIDTH));
  }

  private static void require(INDArray y) {
    double error = y.sub(Math.tanh(1)).amaxNumber().doubleValue();
    if (!(error < 1e-4)) {
      throw new IllegalStateException("off by " + error);
    }
  }

  private static void read(INDArray y) {
    double sum = 0;
    for (int i = 0; i < 20; i++) {
      sum += y.sumNumber().doubleValue();
    }
    if (Double.isNaN(sum)) {
      throw new IllegalStateException("not what was there before");
    }
  }

  private static void collected() {
    SameDiff sd = graph();
    CompiledExecutor executor = new CompiledExecutor(sd, CompilerSettings.of(2));
    INDArray y = executor.output(in(), List.of("y")).get("y");
    INDArray gradient = executor.gradients(in(), List.of("y")).gradients().get("w");
    require(executor.output(in(), List.of("y")).get("y"));
    WeakReference<CompiledExecutor> reference = new WeakReference<>(executor);
    executor = null;
    awaitCollection(reference);
    read(y);
    read(gradient);
  }

  private static void awaitCollection(WeakReference<?> reference) {
    while (reference.get() != null) {
      System.gc();
    }
    // the cleaner's thread runs after that; it has nothing to do that takes long
    for (int i = 0; i < 20; i++) {
      System.gc();
    }
  }

  private static void closed() {
    SameDiff sd = graph();
    INDArray y;
    INDArray gradient;
    try (CompiledExecutor executor = new CompiledExecutor(sd, CompilerSettings.of(2))) {
      y = executor.output(in(), List.of("y")).get("y");
      gradient = executor.gradients(in(), List.of("y")).gradients().get("w");
    }
    System.gc();
    read(y);
    read(gradient);
  }

  /**
   * Nobody holds the executor while it runs for the last time. Only compiled code lets go of what
   * it does not need any more, so this JVM is told to compile the executor's methods at once.
   */
  private static void running() {
    SameDiff sd = graph();
    Map<String, INDArray> in = in();
    Thread collector =
        new Thread(
            () -> {
              while (true) {
                System.gc();
                LockSupport.parkNanos(2_000_000);
              }
            });
    collector.setDaemon(true);
    collector.start();
    for (int i = 0; i < 5; i++) {
      require(new CompiledExecutor(sd, CompilerSettings.of(2)).output(in, List.of("y")).get("y"));
    }
  }

  private static void scope() {
    SameDiff sd = graph();
    Map<String, INDArray> in = in();
    try (CompiledExecutor executor = new CompiledExecutor(sd, CompilerSettings.of(2));
        StockExecutor stock = new StockExecutor(sd)) {
      try (PointerScope scope = new PointerScope()) {
        scope.attach(new IntPointer(1));
        require(executor.output(in, List.of("y")).get("y"));
        executor.gradients(in, List.of("y"));
        require(stock.output(in, List.of("y")).get("y"));
      }
      for (int i = 0; i < 3; i++) {
        require(executor.output(in, List.of("y")).get("y"));
        require(executor.gradients(in, List.of("y")).outputs().get("y"));
        require(stock.output(in, List.of("y")).get("y"));
      }
    }
    try (CompiledExecutor other = new CompiledExecutor(sd, CompilerSettings.of(2))) {
      require(other.gradients(in, List.of("y")).outputs().get("y"));
    }
  }
}
