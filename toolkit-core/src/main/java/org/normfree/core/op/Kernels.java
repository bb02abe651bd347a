package org.normfree.core.op;

import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.normfree.core.InputException;
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

  /** The kernels, first choice first. */
  public static final List<Kernel> CPU = load(System.getProperty(PROPERTY, "auto"));

  private Kernels() {}

  /**
   * The kernels of a choice, those that can run on this machine.
   *
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
