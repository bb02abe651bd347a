package org.normfree.experiments.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.InputException;
import org.normfree.core.data.dna.GenomeTask;
import org.normfree.core.data.dna.Nucleotides;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.dna.Caduceus;
import org.normfree.core.model.dna.CaduceusConfig;
import org.normfree.core.model.dna.Hyena;
import org.normfree.core.model.dna.HyenaConfig;
import org.normfree.core.model.dna.HyenaOperator;
import org.normfree.core.model.dna.Mamba;
import org.normfree.core.model.dna.MambaConfig;
import org.normfree.core.model.dna.MambaShape;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.DnaKeys;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.TextKeys;

/**
 * The model of DNA that a configuration describes, as a language model or a classifier.
 *
 * @param config settings with the keys of {@link DnaKeys#model}
 */
record DnaModel(Config config) {
  private static final double EPSILON = 1e-5;
  private static final int WIDTH = 64;
  private static final int STRAND_WIDTH = 32;

  /** Last names of what a recipe may let decay although it is no matrix. */
  private static final Set<String> GAINS = Set.of("gain", "gamma", "alpha");

  /**
   * @throws InputException if a setting is not for the model
   */
  DnaModel {
    if (config.get(DnaKeys.FUSED_FAULT) && !config.get(DnaKeys.MODEL).equals("caduceus-ps")) {
      throw new InputException(
          "fused.fault=true with model=%s, which has no two strands to swap; use model=caduceus-ps"
              .formatted(config.get(DnaKeys.MODEL)));
    }
    if (config.get(DnaKeys.PUBLISHED_PATCH) && !config.get(DnaKeys.MODEL).startsWith("caduceus")) {
      throw new InputException(
          "published.patch=true with model=%s, whose norms the patch does replace; use model=caduceus-ps or caduceus-ph"
              .formatted(config.get(DnaKeys.MODEL)));
    }
  }

  /** Whether each position sees all others. */
  boolean bothWays() {
    return config.get(DnaKeys.MODEL).startsWith("caduceus");
  }

  /** What the model learns of a genome. */
  GenomeTask task() {
    return bothWays() ? GenomeTask.MASKED : GenomeTask.NEXT;
  }

  /** Whether training sees either strand. */
  boolean eitherStrand() {
    return config.get(DnaKeys.REVERSE_COMPLEMENT)
        && !config.get(DnaKeys.MODEL).equals("caduceus-ps");
  }

  /**
   * A language model.
   *
   * @param length tokens of a text
   */
  Network languageModel(int length, Method method, DataType type, long seed) {
    return build(length, 0, method, type, seed);
  }

  /**
   * A classifier.
   *
   * @param length tokens of a sequence
   * @param classes how many there are
   */
  Network classifier(int length, int classes, Method method, DataType type, long seed) {
    return build(length, classes, method, type, seed);
  }

  /**
   * What the network will be like.
   *
   * @param length tokens of a text
   * @param classes of a classifier; 0 for a language model
   */
  Architecture architecture(int length, int classes) {
    requireLength(length);
    return switch (config.get(DnaKeys.MODEL)) {
      case "hyena" -> hyena(length, classes);
      case "mamba" -> mamba(length, classes);
      default -> caduceus(length, classes);
    };
  }

  private void requireLength(int length) {
    int longest = config.get(DnaKeys.MAX_LENGTH);
    if (length > longest) {
      throw new InputException(
          "length=%s, but the model takes texts of at most max.length=%s bases; lower the one or raise the other"
              .formatted(length, longest));
    }
  }

  private Network build(int length, int classes, Method method, DataType type, long seed) {
    requireLength(length);
    return switch (config.get(DnaKeys.MODEL)) {
      case "hyena" -> Hyena.build(hyena(length, classes), method, type, seed);
      case "mamba" -> Mamba.build(mamba(length, classes), method, type, seed);
      default -> Caduceus.build(caduceus(length, classes), kept(method), type, seed);
    };
  }

  private MambaConfig mamba(int length, int classes) {
    return new MambaConfig(
        Nucleotides.VOCABULARY, mixer(), config.get(Keys.DEPTH), length, classes, EPSILON);
  }

  private HyenaConfig hyena(int length, int classes) {
    HyenaOperator operator =
        HyenaOperator.ofLength(config.get(DnaKeys.MAX_LENGTH))
            .order(config.get(DnaKeys.HYENA_ORDER))
            .filterWidth(config.get(DnaKeys.HYENA_FILTER))
            .shift(config.get(DnaKeys.HYENA_SHIFT));
    int width = width();
    return new HyenaConfig(
        Nucleotides.VOCABULARY,
        width,
        config.get(Keys.DEPTH),
        4 * width,
        operator,
        length,
        config.get(TextKeys.DROPOUT),
        classes,
        EPSILON);
  }

  private CaduceusConfig caduceus(int length, int classes) {
    boolean shared = config.get(DnaKeys.MODEL).equals("caduceus-ps");
    return new CaduceusConfig(
        Nucleotides.complement(),
        mixer(),
        config.get(Keys.DEPTH),
        shared ? CaduceusConfig.Strands.SHARED : CaduceusConfig.Strands.POST_HOC,
        true,
        config.get(DnaKeys.FUSED_FAULT),
        length,
        classes,
        EPSILON);
  }

  private MambaShape mixer() {
    return MambaShape.of(width(), config.get(DnaKeys.MAMBA_STATE));
  }

  private int width() {
    int width = config.get(DnaKeys.WIDTH);
    return width > 0 ? width : bothWays() ? STRAND_WIDTH : WIDTH;
  }

  /** The published patch replaces layer norms, of which Caduceus has none. */
  private Method kept(Method method) {
    return config.get(DnaKeys.PUBLISHED_PATCH)
        ? Methods.create("rms-norm", MethodOptions.DEFAULTS)
        : method;
  }

  /** Lets gains and α decay with the matrices, if the settings say so. */
  List<ParameterGroup> decaying(List<ParameterGroup> groups) {
    if (!config.get(DnaKeys.DECAY_GAINS)) {
      return groups;
    }
    Predicate<String> gain = name -> GAINS.contains(name.substring(name.lastIndexOf('.') + 1));
    List<ParameterGroup> all = new ArrayList<>();
    List<String> gains = new ArrayList<>();
    for (ParameterGroup group : groups) {
      List<String> rest = group.names().stream().filter(gain.negate()).toList();
      group.names().stream().filter(gain).forEach(gains::add);
      if (!rest.isEmpty()) {
        all.add(
            new ParameterGroup(
                rest, group.weightDecay(), group.learningRateScale(), group.frozenSteps()));
      }
    }
    if (!gains.isEmpty()) {
      all.add(new ParameterGroup(gains, new Constant(config.get(Keys.WEIGHT_DECAY)), 1, 0));
    }
    return all;
  }
}
