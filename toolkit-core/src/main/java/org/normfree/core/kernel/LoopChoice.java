package org.normfree.core.kernel;

import org.normfree.core.InputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which {@link RowLoops} a JVM uses: the system property {@code normfree.vector} is {@code auto}
 * (default: the Vector API where its module is there), {@code on} or {@code off}.
 */
final class LoopChoice {
  private static final String PROPERTY = "normfree.vector";
  private static final String MODULE = "jdk.incubator.vector";
  private static final String FLAG = "--add-modules " + MODULE;
  private static final Logger LOG = LoggerFactory.getLogger(LoopChoice.class);

  /** What the property asks for, looked up once. */
  static final RowLoops OF_THIS_JVM = of(System.getProperty(PROPERTY, "auto"));

  private LoopChoice() {}

  /** Whether this JVM was started with the module. */
  static boolean vectorsAreThere() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  /**
   * The loops of a choice.
   *
   * @throws InputException if there is no such choice, or the module is not there
   */
  static RowLoops of(String choice) {
    RowLoops loops =
        switch (choice) {
          case "auto" -> auto();
          case "on" -> on();
          case "off" -> new PlainLoops();
          default ->
              throw new InputException(
                  "%s=%s, expected auto, on or off; drop the property for auto"
                      .formatted(PROPERTY, choice));
        };
    LOG.debug("element-wise kernels: {}", loops.name());
    return loops;
  }

  private static RowLoops auto() {
    if (vectorsAreThere()) {
      return vectors();
    }
    LOG.info("element-wise kernels run faster with the Java option {}", FLAG);
    return new PlainLoops();
  }

  private static RowLoops on() {
    if (!vectorsAreThere()) {
      throw new InputException(
          "%s=on, but this Java runs without the Vector API; start it with %s, or drop the property for auto"
              .formatted(PROPERTY, FLAG));
    }
    return vectors();
  }

  /** By name, so that nothing else needs the module. */
  static RowLoops vectors() {
    try {
      return Class.forName(LoopChoice.class.getPackageName() + ".VectorLoops")
          .asSubclass(RowLoops.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the Vector API is there but its kernels do not load", e);
    }
  }
}
