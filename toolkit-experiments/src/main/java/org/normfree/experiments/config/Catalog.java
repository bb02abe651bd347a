package org.normfree.experiments.config;

import java.util.List;

/** The names a user may choose from: models, methods and data sets. Loads no ND4J class. */
public final class Catalog {
  private Catalog() {}

  /** Names of the models. */
  public static List<String> models() {
    return List.of("vit");
  }

  /** Names of the methods that keep a network trainable. */
  public static List<String> methods() {
    return List.of(
        "pre-ln",
        "post-ln",
        "rms-norm",
        "dyt",
        "dyt-no-alpha",
        "identity",
        "identity-no-alpha",
        "hardtanh",
        "hardtanh-no-alpha",
        "sigmoid",
        "sigmoid-no-alpha",
        "derf",
        "deepnorm",
        "fixup",
        "skipinit",
        "rezero",
        "layerscale",
        "admin",
        "sigma-reparam");
  }

  /** Names of the data sets; all but the first are read from {@code data.path}. */
  public static List<String> dataSets() {
    return List.of("digits", "cifar10", "mnist", "fashion-mnist", "folder");
  }
}
