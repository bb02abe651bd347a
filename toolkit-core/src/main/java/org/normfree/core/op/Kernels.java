package org.normfree.core.op;

import java.util.List;
import java.util.ServiceLoader;
import org.normfree.core.InputException;
import org.slf4j.LoggerFactory;

/**
 * The CPU kernels of this JVM, looked up once. The system property {@code normfree.kernels} forces
 * a choice: {@code auto} (default) takes what is there, {@code nd4j} the reference arithmetic
 * alone.
 */
final class Kernels {
  private static final String PROPERTY = "normfree.kernels";

  /** The kernels, first choice first. */
  static final List<Kernel> CPU = load(System.getProperty(PROPERTY, "auto"));

  private Kernels() {}

  private static List<Kernel> load(String choice) {
    List<Kernel> kernels =
        switch (choice) {
          case "auto" ->
              ServiceLoader.load(Kernel.class, Kernel.class.getClassLoader()).stream()
                  .map(ServiceLoader.Provider::get)
                  .toList();
          case "nd4j" -> List.of();
          default ->
              throw new InputException(
                  "%s=%s, expected auto or nd4j; drop the property for auto"
                      .formatted(PROPERTY, choice));
        };
    LoggerFactory.getLogger(Kernels.class)
        .debug("kernels: {}", kernels.isEmpty() ? "nd4j" : kernels);
    return kernels;
  }
}
