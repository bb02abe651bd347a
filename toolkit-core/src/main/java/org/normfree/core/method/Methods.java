package org.normfree.core.method;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;
import org.normfree.core.op.Squash;

/** The registry of methods: names to implementations. */
public final class Methods {
  private static final Map<String, Function<MethodOptions, Method>> REGISTRY =
      new LinkedHashMap<>();

  static {
    register("pre-ln", options -> new PreLn());
    register("post-ln", options -> new PostLn());
    register("rms-norm", options -> new RmsNorm());
    register("batch-norm", options -> new BatchNorm());
    register("dyt", options -> DyT.withAlpha("dyt", Squash.TANH, options));
    register("identity", options -> DyT.withAlpha("identity", Squash.IDENTITY, options));
    register("hardtanh", options -> DyT.withAlpha("hardtanh", Squash.HARDTANH, options));
    register("sigmoid", options -> DyT.withAlpha("sigmoid", Squash.SIGMOID, options));
    register("dyt-no-alpha", o -> DyT.withoutAlpha("dyt-no-alpha", Squash.TANH, o));
    register("identity-no-alpha", o -> DyT.withoutAlpha("identity-no-alpha", Squash.IDENTITY, o));
    register("hardtanh-no-alpha", o -> DyT.withoutAlpha("hardtanh-no-alpha", Squash.HARDTANH, o));
    register("sigmoid-no-alpha", o -> DyT.withoutAlpha("sigmoid-no-alpha", Squash.SIGMOID, o));
    register("derf", Derf::new);
    register("satursin", o -> new DerfRelative("satursin", Squash.SATURSIN, o));
    register("arctan", o -> new DerfRelative("arctan", Squash.ARCTAN, o));
    register("isru", o -> new DerfRelative("isru", Squash.ISRU, o));
    register("softsign", o -> new DerfRelative("softsign", Squash.SOFTSIGN, o));
    register("bhyt", Bhyt::new);
    register("see-d-norm", options -> new SeeDNorm());
    register("peri-ln", PeriLn::new);
    register("lns", options -> new LayerNormScaling());
    register("mix-ln", options -> new MixLn());
    register("keel", options -> new Keel());
    register("pro-res", ProRes::new);
    register("taper-norm", TaperNorm::new);
    register("span-norm", options -> new SpanNorm());
    register("siamese-norm", options -> new SiameseNorm());
    register("block-attn-res", options -> new BlockAttnRes());
    register("hyper-connections", o -> new HyperConnections("hyper-connections", 2));
    register("hyper-connections-4", o -> new HyperConnections("hyper-connections-4", 4));
    register("deepnorm", options -> new DeepNorm());
    register("deepnorm-adam", options -> new DeepNormForAdam());
    register("deepnorm-lamb", options -> new DeepNormForLamb());
    register("fixup", options -> new Fixup());
    register("skipinit", options -> new SkipInit());
    register("rezero", options -> new ReZero());
    register("scaled-residual", options -> new ScaledResidual());
    register("layerscale", LayerScale::new);
    register("admin", options -> new Admin());
    register("t-fixup", options -> new TFixup());
    register("ds-init", options -> new DsInit());
    register("post-ln-init", options -> new PostLnInit());
    register("sigma-reparam", options -> new SigmaReparam());
  }

  private Methods() {}

  /**
   * Adds a method, so that every model and experiment can run it by its name.
   *
   * @param name lower case, words joined by hyphens
   * @param factory makes the method from the options
   * @throws IllegalArgumentException if the name is taken
   */
  public static synchronized void register(String name, Function<MethodOptions, Method> factory) {
    if (REGISTRY.putIfAbsent(name, factory) != null) {
      throw new IllegalArgumentException(
          "a method named %s is registered already; choose another name".formatted(name));
    }
  }

  /** The registered names, in the order of registration. */
  public static synchronized List<String> names() {
    return List.copyOf(REGISTRY.keySet());
  }

  /**
   * @param name a registered name
   * @param options what may be chosen
   * @return the method
   * @throws InputException if no method has that name; it suggests the nearest
   */
  public static synchronized Method create(String name, MethodOptions options) {
    Function<MethodOptions, Method> factory = REGISTRY.get(name);
    if (factory == null) {
      throw new InputException(
          "unknown method '%s', %s".formatted(name, Suggestion.forName(name, REGISTRY.keySet())));
    }
    return factory.apply(options);
  }
}
