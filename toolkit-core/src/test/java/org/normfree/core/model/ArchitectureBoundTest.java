package org.normfree.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.InputException;
import org.normfree.core.data.dna.Nucleotides;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.dna.Caduceus;
import org.normfree.core.model.dna.CaduceusConfig;
import org.normfree.core.model.dna.Hyena;
import org.normfree.core.model.dna.HyenaConfig;
import org.normfree.core.model.dna.HyenaOperator;
import org.normfree.core.model.dna.Mamba;
import org.normfree.core.model.dna.MambaConfig;
import org.normfree.core.model.dna.MambaShape;
import org.normfree.core.model.image.ImageClassifier;
import org.normfree.core.model.image.ImageClassifiers;
import org.normfree.core.model.image.ImageShape;
import org.normfree.core.model.image.MultiTaskMlp;
import org.normfree.core.model.text.DecoderLm;
import org.normfree.core.model.text.DecoderLmConfig;
import org.normfree.core.model.text.EncoderConfig;
import org.normfree.core.model.text.TextEncoder;
import org.normfree.core.model.text.Transformer;
import org.normfree.core.model.text.TransformerConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;

/** What an architecture tells before it is built, against the network itself. */
class ArchitectureBoundTest {
  private static final ImageShape SMALL = new ImageShape(32, 32, 3, 10);

  private static final Map<String, Object> SETTINGS =
      Map.ofEntries(
          Map.entry("patch", 4),
          Map.entry("width", 48),
          Map.entry("depth", 3),
          Map.entry("heads", 3),
          Map.entry("mlp.ratio", 4.0),
          Map.entry("pool", "mean"),
          Map.entry("init.std", 0.0),
          Map.entry("init.cut", "none"),
          Map.entry("drop.path", 0.0),
          Map.entry("dims", List.of()),
          Map.entry("depths", List.of()),
          Map.entry("stem", 0),
          Map.entry("downsample", 2),
          Map.entry("kernel", 7),
          Map.entry("block.scale", 1e-6),
          Map.entry("init", "published"),
          Map.entry("head.grid", 0),
          Map.entry("head.dims", List.of()),
          Map.entry("head.dropout", 0.5));

  static Stream<Arguments> architectures() {
    Stream<Arguments> images =
        ImageClassifiers.names().stream()
            .filter(name -> !name.matches(".*(large|huge|base|152|101|19)"))
            .map(
                name -> {
                  ImageClassifier made = ImageClassifiers.create(name, SMALL, SETTINGS::get);
                  Function<Method, Network> build = m -> made.build(m, DataType.FLOAT, 1);
                  return Arguments.of(name, made, build);
                });
    return Stream.concat(images, others());
  }

  private static Arguments of(Architecture architecture, Function<Method, Network> build) {
    return Arguments.of(architecture.getClass().getSimpleName(), architecture, build);
  }

  private static Stream<Arguments> others() {
    DataType type = DataType.FLOAT;
    MultiTaskMlp tasks = new MultiTaskMlp(SMALL, List.of(40, 30), 0, false, 1, 0);
    HyenaConfig hyena = HyenaConfig.of(12, 32, 3, HyenaOperator.ofLength(64), 64);
    MambaConfig mamba = MambaConfig.of(12, 24, 3, 32);
    CaduceusConfig caduceus =
        CaduceusConfig.of(
            Nucleotides.complement(), MambaShape.of(24), 3, CaduceusConfig.Strands.SHARED, 32);
    DecoderLmConfig llama = DecoderLmConfig.llama(100, 48, 3, 4, 32);
    DecoderLmConfig gpt = DecoderLmConfig.gpt(100, 48, 3, 4, 32);
    EncoderConfig encoder = new EncoderConfig(50, 32, 3, 4, 64, 20, FeedForward.RELU, 0, 0);
    TransformerConfig pair =
        new TransformerConfig(60, 32, 2, 3, 4, 32, 20, FeedForward.RELU, false, 0, 0);
    return Stream.of(
        of(tasks, method -> tasks.build(method, type, 1)),
        of(hyena, method -> Hyena.build(hyena, method, type, 1)),
        of(mamba, method -> Mamba.build(mamba, method, type, 1)),
        of(caduceus, method -> Caduceus.build(caduceus, method, type, 1)),
        of(llama, method -> DecoderLm.build(llama, method, type, 1)),
        of(gpt, method -> DecoderLm.build(gpt, method, type, 1)),
        of(encoder, method -> TextEncoder.build(encoder, method, type, 1)),
        of(pair, method -> Transformer.build(pair, method, type, 1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("architectures")
  void itsWeightsAreNoMoreThanItSays(
      String name, Architecture architecture, Function<Method, Network> build) {
    Method method = Methods.create("dyt", MethodOptions.DEFAULTS);
    Network network = Scope.outlined(() -> build.apply(method));
    double there =
        network.parameters().stream().mapToLong(p -> network.array(p.name()).length()).sum();
    // vectors, which are not counted, are next to nothing beside large maps alone
    assertThat(there).isLessThan(1.05 * architecture.weightsAtMost() + 4000);
    assertThat(architecture.weightsAtMost()).isLessThan(8 * there);
  }

  /** Presets are of one family, which a method serves or not. */
  static Stream<Arguments> families() {
    return architectures().filter(each -> !((String) each.get()[0]).contains("-"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("families")
  void itRefusesTheMethodsThatItsNetworkRefuses(
      String name, Architecture architecture, Function<Method, Network> build) {
    for (String each : Methods.names()) {
      Method method = Methods.create(each, MethodOptions.DEFAULTS);
      assertThat(refuses(() -> architecture.requireServedBy(method)))
          .as(each)
          .isEqualTo(refuses(() -> Scope.outlined(() -> build.apply(method))));
    }
  }

  private static boolean refuses(Runnable what) {
    try {
      what.run();
      return false;
    } catch (InputException e) {
      return true;
    }
  }
}
