package org.normfree.core.golden;

import org.normfree.core.method.Alpha0;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;

/** What a case of a model of DNA has for a norm: {@code layer}, {@code rms} or {@code dyt}. */
enum NormName {
  LAYER("pre-ln"),
  RMS("rms-norm"),
  DYT("dyt");

  private final String method;

  NormName(String method) {
    this.method = method;
  }

  static NormName of(GoldenCase golden) {
    return switch (golden.text("norm")) {
      case "layer" -> LAYER;
      case "rms" -> RMS;
      case "dyt" -> DYT;
      default -> throw new AssertionError("a norm nobody knows: " + golden.text("norm"));
    };
  }

  /** The method that has it, without a factor behind the embedding. */
  Method method() {
    MethodOptions options =
        new MethodOptions(Alpha0.everywhere(0.5), false, true, true, false, 1e-4);
    return Methods.create(method, options);
  }

  /** Adds such a norm to the names. */
  void add(Official names, String official, String ours) {
    if (this == RMS) {
      names.same(official + ".weight", ours + ".gain");
    } else {
      names.norm(official, ours, this == DYT);
    }
  }
}
