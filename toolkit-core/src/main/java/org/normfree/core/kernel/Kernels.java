package org.normfree.core.kernel;

import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.op.NormfreeOp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CPU kernels of this JVM, looked up once. The system property {@code normfree.kernels} forces
 * a choice: {@code auto} (default) takes what is there, a kernel's name that kernel alone, {@code
 * nd4j} the reference arithmetic alone.
 */
public final class Kernels {
  private static final String PROPERTY = "normfree.kernels";
  private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);

  private static final List<Kernel> STANDARD = load(System.getProperty(PROPERTY, "auto"));
  private static final ThreadLocal<List<Kernel>> OF_THIS_THREAD =
      ThreadLocal.withInitial(() -> STANDARD);

  private Kernels() {}

  /** What the property chooses, first choice first. */
  public static List<Kernel> standard() {
    return STANDARD;
  }

  /** Computes an op by the first of the calling thread's kernels that can; see {@link Kernel}. */
  static boolean compute(NormfreeOp op, List<INDArray> inputs, List<INDArray> outputs) {
    for (Kernel kernel : OF_THIS_THREAD.get()) {
      if (kernel.compute(op, inputs, outputs)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Runs something with other kernels for the ops that the calling thread executes meanwhile.
   *
   * @param kernels first choice first; none for the reference arithmetic
   * @param body what is run
   * @return what the body returns
   */
  public static <T> T with(List<Kernel> kernels, Supplier<T> body) {
    List<Kernel> before = OF_THIS_THREAD.get();
    OF_THIS_THREAD.set(kernels);
    try {
      return body.get();
    } finally {
      OF_THIS_THREAD.set(before);
    }
  }

  /**
   * The kernels of a choice, those that can run on this machine.
   *
   * @param choice {@code auto}, a kernel's name, or {@code nd4j}
   * @return the kernels, first choice first
   * @throws InputException if there is no such choice or its kernel cannot run on this machine
   */
  public static List<Kernel> load(String choice) {
    List<Kernel> all =
        ServiceLoader.load(Kernel.class, Kernel.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    List<Kernel> kernels =
        switch (choice) {
          case "auto" -> all.stream().filter(Kernels::runs).toList();
          case "nd4j" -> List.of();
          default -> List.of(only(choice, all));
        };
    LOG.debug("kernels: {}", kernels.isEmpty() ? "nd4j" : names(kernels));
    return kernels;
  }

  /**
   * The kernels of a choice, with a choice about the Vector API.
   *
   * @param choice {@code auto}, a kernel's name, or {@code nd4j}
   * @param vector {@code auto}, {@code on} or {@code off}
   * @return the kernels, first choice first
   * @throws InputException if a choice cannot be met on this machine or by this JVM
   */
  public static List<Kernel> load(String choice, String vector) {
    return load(choice).stream().map(kernel -> kernel.withVectors(vector)).toList();
  }

  private static boolean runs(Kernel kernel) {
    kernel
        .missing()
        .ifPresent(missing -> LOG.warn("Slower without the kernel {}: {}", kernel.name(), missing));
    return kernel.missing().isEmpty();
  }

  private static Kernel only(String choice, List<Kernel> all) {
    Predicate<Kernel> chosen = kernel -> kernel.name().equals(choice);
    Kernel kernel =
        all.stream()
            .filter(chosen)
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        "%s=%s, expected auto, %s or nd4j; drop the property for auto"
                            .formatted(PROPERTY, choice, names(all))));
    kernel
        .missing()
        .ifPresent(
            missing -> {
              throw new InputException(
                  "%s=%s cannot run here: %s, or drop the property for auto"
                      .formatted(PROPERTY, choice, missing));
            });
    return kernel;
  }

  private static String names(List<Kernel> kernels) {
    return kernels.stream().map(Kernel::name).collect(Collectors.joining(", "));
  }
}
