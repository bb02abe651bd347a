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
  private static final Map<String, Entry> REGISTRY = new LinkedHashMap<>();

  /** What is registered under a name. */
  private record Entry(String formula, Function<MethodOptions, Method> factory) {}

  static {
    register("pre-ln", "x + f(LN(x))", options -> new PreLn());
    register("post-ln", "LN(x + f(x))", options -> new PostLn());
    register("rms-norm", "x + f(RMS(x))", options -> new RmsNorm());
    register("batch-norm", "x + f(BN(x))", options -> new BatchNorm());
    register("dyt", "x + f(γ·tanh(αx) + β)", options -> DyT.withAlpha("dyt", Squash.TANH, options));
    register(
        "identity",
        "x + f(γ·αx + β)",
        options -> DyT.withAlpha("identity", Squash.IDENTITY, options));
    register(
        "hardtanh",
        "x + f(γ·hardtanh(αx) + β)",
        options -> DyT.withAlpha("hardtanh", Squash.HARDTANH, options));
    register(
        "sigmoid",
        "x + f(γ·sigmoid(αx) + β)",
        options -> DyT.withAlpha("sigmoid", Squash.SIGMOID, options));
    register(
        "dyt-no-alpha",
        "x + f(γ·tanh(x) + β)",
        o -> DyT.withoutAlpha("dyt-no-alpha", Squash.TANH, o));
    register(
        "identity-no-alpha",
        "x + f(γ·x + β)",
        o -> DyT.withoutAlpha("identity-no-alpha", Squash.IDENTITY, o));
    register(
        "hardtanh-no-alpha",
        "x + f(γ·hardtanh(x) + β)",
        o -> DyT.withoutAlpha("hardtanh-no-alpha", Squash.HARDTANH, o));
    register(
        "sigmoid-no-alpha",
        "x + f(γ·sigmoid(x) + β)",
        o -> DyT.withoutAlpha("sigmoid-no-alpha", Squash.SIGMOID, o));
    register("derf", "x + f(γ·erf(αx + s) + β)", Derf::new);
    register(
        "satursin",
        "x + f(γ·satursin(αx + s) + β)",
        o -> new DerfRelative("satursin", Squash.SATURSIN, o));
    register(
        "arctan", "x + f(γ·arctan(αx + s) + β)", o -> new DerfRelative("arctan", Squash.ARCTAN, o));
    register("isru", "x + f(γ·isru(αx + s) + β)", o -> new DerfRelative("isru", Squash.ISRU, o));
    register(
        "softsign",
        "x + f(γ·softsign(αx + s) + β)",
        o -> new DerfRelative("softsign", Squash.SOFTSIGN, o));
    register("bhyt", "x + f(w∘tanh(λκ⁻¹·x/rms(x)))", Bhyt::new);
    register("see-d-norm", "x + f([tanh(x·β)·α + γ]∘x/rms(x))", options -> new SeeDNorm());
    register("peri-ln", "x + LN(f(LN(x)))", PeriLn::new);
    register("lns", "x + f(LN(x)/√l)", options -> new LayerNormScaling());
    register(
        "mix-ln", "LN(x + f(x)) in the first quarter, x + f(LN(x)) behind", options -> new MixLn());
    register("keel", "LN(αx + f(LN(x))), α = 2N", options -> new Keel());
    register("pro-res", "x + min(1, t/(T·l))·f(LN(x)) after t steps", ProRes::new);
    register("taper-norm", "x + f(γ∘(g·x/rms(x) + (1 − g)·c·x)), g from 1 to 0", TaperNorm::new);
    register("span-norm", "y = LN(x + attention(x)), LN(x + ffn(y))", options -> new SpanNorm());
    register(
        "siamese-norm",
        "o = f(LN(X + LN(Y))), X ← LN(X + o/√(l + 1)), Y ← Y + o",
        options -> new SiameseNorm());
    register(
        "block-attn-res",
        "f(LN(Σ softmax(w·vᵢ/rms(vᵢ))·vᵢ)) over earlier blocks",
        options -> new BlockAttnRes());
    register(
        "hyper-connections",
        "X ← H·X + h_post·f(LN(h_preᵀ·X)), 2 streams",
        o -> new HyperConnections("hyper-connections", 2));
    register(
        "hyper-connections-4",
        "the same with 4 streams",
        o -> new HyperConnections("hyper-connections-4", 4));
    register("deepnorm", "LN(αx + f(x)), α = (2N)^(1/4)", options -> new DeepNorm());
    register("deepnorm-adam", "LN(αx + f(x)), α = √(2N)", options -> new DeepNormForAdam());
    register("deepnorm-lamb", "LN(x + f(x)), weights over √(2N)", options -> new DeepNormForLamb());
    register("fixup", "x + a·f(x + b), last weights 0", options -> new Fixup());
    register("skipinit", "x + a·f(x), a = 0 at the start", options -> new SkipInit());
    register("rezero", "x + a·f(x), a = 0 at the start, one a layer", options -> new ReZero());
    register("scaled-residual", "x + f(x)/√(2N)", options -> new ScaledResidual());
    register("layerscale", "x + λ∘f(LN(x))", LayerScale::new);
    register("admin", "LN(ω∘x + f(x))", options -> new Admin());
    register("t-fixup", "x + f(x), small initial weights", options -> new TFixup());
    register("ds-init", "LN(x + f(x)), deeper layers start smaller", options -> new DsInit());
    register(
        "post-ln-init", "LN(x + f(x)), lower layers start smaller", options -> new PostLnInit());
    register("sigma-reparam", "x + f(x), every weight γ/σ(W)·W", options -> new SigmaReparam());
  }

  private Methods() {}

  /**
   * Adds a method, so that every model and experiment can run it by its name.
   *
   * @param name lower case, words joined by hyphens
   * @param factory makes the method from the options
   * @throws IllegalArgumentException if the name is taken
   */
  public static void register(String name, Function<MethodOptions, Method> factory) {
    register(name, "", factory);
  }

  /**
   * Adds a method, so that every model and experiment can run it by its name.
   *
   * @param name lower case, words joined by hyphens
   * @param formula what it makes of a layer x + f(x), in a few signs
   * @param factory makes the method from the options
   * @throws IllegalArgumentException if the name is taken
   */
  public static synchronized void register(
      String name, String formula, Function<MethodOptions, Method> factory) {
    if (REGISTRY.putIfAbsent(name, new Entry(formula, factory)) != null) {
      throw new IllegalArgumentException(
          "a method named %s is registered already; choose another name".formatted(name));
    }
  }

  /**
   * What a method makes of a layer {@code x + f(x)}.
   *
   * @param name a registered name
   * @return its formula; empty if none was registered, or the name is none
   */
  public static synchronized String formula(String name) {
    return REGISTRY.containsKey(name) ? REGISTRY.get(name).formula() : "";
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
    Entry entry = REGISTRY.get(name);
    if (entry == null) {
      throw new InputException(
          "unknown method '%s', %s".formatted(name, Suggestion.forName(name, REGISTRY.keySet())));
    }
    return entry.factory().apply(options);
  }
}
