package org.normfree.core.model.image;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;

/** The registry of image classifiers: names to architectures. */
public final class ImageClassifiers {
  /** Makes a classifier for images out of the settings it reads. */
  @FunctionalInterface
  public interface Factory {
    ImageClassifier of(ImageShape images, ImageSettings settings);
  }

  private static final Map<String, Factory> REGISTRY = new LinkedHashMap<>();

  static {
    ViTConfig.register();
    ConvNeXtConfig.register();
    ResNetConfig.register();
    VggConfig.register();
    MlpConfig.register();
  }

  private ImageClassifiers() {}

  /**
   * Adds a classifier, so that every experiment can run it by its name.
   *
   * @param name lower case, words joined by hyphens
   * @param factory makes it from images and settings; what it does not read, a user may not set
   * @throws IllegalArgumentException if the name is taken
   */
  public static synchronized void register(String name, Factory factory) {
    if (REGISTRY.putIfAbsent(name, factory) != null) {
      throw new IllegalArgumentException(
          "an image classifier named %s is registered already; choose another name"
              .formatted(name));
    }
  }

  /** The registered names, in the order of registration. */
  public static synchronized List<String> names() {
    return List.copyOf(REGISTRY.keySet());
  }

  /**
   * @param name a registered name
   * @param images what is classified
   * @param settings what may be chosen
   * @throws InputException if there is none of that name, or the settings do not fit
   */
  public static synchronized ImageClassifier create(
      String name, ImageShape images, ImageSettings settings) {
    Factory factory = REGISTRY.get(name);
    if (factory == null) {
      throw new InputException(
          "unknown model '%s', %s".formatted(name, Suggestion.forName(name, REGISTRY.keySet())));
    }
    return factory.of(images, settings);
  }
}
