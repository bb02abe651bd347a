package org.normfree.core.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.text.DecoderLm;
import org.normfree.core.model.text.DecoderLmConfig;
import org.normfree.core.model.text.IncrementalGraph;
import org.normfree.core.model.text.Transformer;
import org.normfree.core.model.text.TransformerConfig;
import org.normfree.core.nn.Network;

/** Generating with cached keys and values against the whole network run again for each token. */
class DecodingTest {
  private static final int TOKENS = 13;
  private static final int BEGIN = 1;
  private static final int END = 2;
  private static final int MOST = 9;
  private static final int[][] SOURCES = {{5, 6, 7, 2}, {8, 2, 0, 0}, {4, 9, 2, 0}};
  private static final TransformerConfig PAIR =
      new TransformerConfig(TOKENS, 12, 2, 2, 3, 16, MOST + 1, FeedForward.GELU, true, 0, 0);

  @Test
  void nothingIsDroppedWhileGenerating() {
    TransformerConfig dropping =
        new TransformerConfig(TOKENS, 12, 2, 2, 3, 16, MOST + 1, FeedForward.GELU, true, 0.1, 0);
    Method method = Methods.create("pre-ln", MethodOptions.DEFAULTS);
    assertThat(Transformer.build(dropping, method, DataType.FLOAT, 1).randoms()).isNotEmpty();
    assertThat(Transformer.encoding(dropping, method).randoms()).isEmpty();
    assertThat(Transformer.incremental(dropping, method).network().randoms()).isEmpty();
  }

  /** The network run on all tokens so far, every time. */
  private record WholeNetwork(
      GraphExecutor executor, boolean encoder, List<List<Integer>> texts, List<int[]> sources)
      implements Continuation {
    @Override
    public int sequences() {
      return texts.size();
    }

    @Override
    public float[][] append(int... tokens) {
      for (int i = 0; i < tokens.length; i++) {
        texts.get(i).add(tokens[i]);
      }
      int length = texts.get(0).size();
      INDArray ids =
          matrix(texts.stream().map(t -> t.stream().mapToInt(x -> x).toArray()).toList());
      INDArray positions = Nd4j.createFromArray(IntStream.range(0, length).toArray());
      Map<String, INDArray> inputs = new HashMap<>();
      if (encoder) {
        inputs.putAll(encoderInputs(sources));
        inputs.put(Network.DECODER_INPUT, ids);
        inputs.put(Network.DECODER_POSITIONS, positions);
      } else {
        inputs.put(Network.INPUT, ids);
        inputs.put(Network.POSITIONS, positions);
      }
      INDArray logits = executor.output(inputs, List.of(Network.LOGITS)).get(Network.LOGITS);
      return IntStream.range(0, tokens.length)
          .mapToObj(i -> logits.slice(i).getRow(length - 1).toFloatVector())
          .toArray(float[][]::new);
    }

    @Override
    public void keep(int... from) {
      List<List<Integer>> kept =
          Arrays.stream(from).mapToObj(i -> (List<Integer>) new ArrayList<>(texts.get(i))).toList();
      List<int[]> keptSources = Arrays.stream(from).mapToObj(sources::get).toList();
      texts.clear();
      texts.addAll(kept);
      sources.clear();
      sources.addAll(keptSources);
    }
  }

  private static INDArray matrix(List<int[]> rows) {
    return Nd4j.createFromArray(rows.toArray(int[][]::new));
  }

  private static Map<String, INDArray> encoderInputs(List<int[]> sources) {
    int length = sources.get(0).length;
    INDArray ids = matrix(sources);
    float[][] mask =
        sources.stream()
            .map(
                row -> {
                  float[] seen = new float[length];
                  for (int i = 0; i < length; i++) {
                    seen[i] = row[i] == 0 ? 0 : 1;
                  }
                  return seen;
                })
            .toArray(float[][]::new);
    return Map.of(
        Network.INPUT,
        ids,
        Network.INPUT_MASK,
        Nd4j.createFromArray(mask),
        Network.POSITIONS,
        Nd4j.createFromArray(IntStream.range(0, length).toArray()));
  }

  private static GraphExecutor executor(Network network) {
    return new CompiledExecutor(
        network.graph(),
        new CompilerSettings(2, Precision.FLOAT32, Kernels.standard(), Set.of(), false));
  }

  /** Weights far from their start, so that texts differ and end. */
  private static void shake(Network network, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Network.Parameter p : network.parameters()) {
      INDArray array = network.array(p.name());
      double[] noise = random.doubles(array.length(), -0.7, 0.7).toArray();
      array.addi(Nd4j.createFromArray(noise).reshape(array.shape()).castTo(DataType.FLOAT));
    }
  }

  private static WholeNetwork whole(GraphExecutor executor, boolean encoder, int sequences) {
    List<List<Integer>> texts = new ArrayList<>();
    IntStream.range(0, sequences).forEach(i -> texts.add(new ArrayList<>()));
    return new WholeNetwork(executor, encoder, texts, new ArrayList<>(List.of(SOURCES)));
  }

  static Stream<String> methods() {
    return Stream.of(
        "pre-ln",
        "dyt",
        "deepnorm",
        "admin",
        "t-fixup",
        "sigma-reparam",
        "taper-norm",
        "span-norm",
        "siamese-norm",
        "block-attn-res",
        "hyper-connections-4");
  }

  private void agree(GraphExecutor reference, boolean encoder, Starter cached) {
    for (int beams : new int[] {1, 3}) {
      BeamSearch beam = new BeamSearch(BEGIN, END, MOST, beams, 1);
      int[][] expected = beam.run(whole(reference, encoder, SOURCES.length));
      assertThat(List.of(expected)).as("texts worth comparing").anyMatch(text -> text.length > 3);
      assertThat(beam.run(cached.start())).as("%d beams", beams).isDeepEqualTo(expected);
      if (beams == 1) {
        GreedySearch greedy = new GreedySearch(BEGIN, END, MOST);
        assertThat(greedy.run(cached.start())).isDeepEqualTo(expected);
        assertThat(greedy.run(whole(reference, encoder, SOURCES.length))).isDeepEqualTo(expected);
      }
    }
  }

  private interface Starter {
    Continuation start();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aTranslatorWithItsCacheGivesTheSameTokens(String name) {
    Method method = Methods.create(name, MethodOptions.DEFAULTS);
    Network trained = Transformer.build(PAIR, method, DataType.FLOAT, 5);
    shake(trained, 3);
    Network encoding = Transformer.encoding(PAIR, method);
    IncrementalGraph step = Transformer.incremental(PAIR, method);
    CachedContinuation.adopt(encoding, trained);
    CachedContinuation.adopt(step.network(), trained);
    try (GraphExecutor reference = executor(trained);
        GraphExecutor encoder = executor(encoding);
        GraphExecutor stepping = executor(step.network())) {
      Map<String, INDArray> inputs = encoderInputs(List.of(SOURCES));
      List<String> names =
          step.memories().stream().flatMap(m -> Stream.of(m.key(), m.value())).toList();
      agree(
          reference,
          true,
          () -> {
            Map<String, INDArray> memories = new HashMap<>(encoder.output(inputs, names));
            memories.put(Network.INPUT_MASK, inputs.get(Network.INPUT_MASK));
            return new CachedContinuation(step, stepping, memories, SOURCES.length);
          });
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLanguageModelWithItsCacheGivesTheSameTokens(boolean llama) {
    DecoderLmConfig config =
        llama
            ? DecoderLmConfig.llama(TOKENS, 12, 2, 3, MOST + 1)
            : DecoderLmConfig.gpt(TOKENS, 12, 2, 3, MOST + 1);
    Method method = Methods.create(llama ? "rms-norm" : "dyt", MethodOptions.DEFAULTS);
    Network trained = DecoderLm.build(config, method, DataType.FLOAT, 5);
    shake(trained, 6);
    IncrementalGraph step = DecoderLm.incremental(config, method);
    CachedContinuation.adopt(step.network(), trained);
    try (GraphExecutor reference = executor(trained);
        GraphExecutor stepping = executor(step.network())) {
      agree(
          reference, false, () -> new CachedContinuation(step, stepping, Map.of(), SOURCES.length));
    }
  }

  @Test
  void aTextLongerThanTheModelIsRefused() {
    DecoderLmConfig config = DecoderLmConfig.gpt(TOKENS, 4, 1, 1, 2);
    Method method = Methods.create("pre-ln", MethodOptions.DEFAULTS);
    IncrementalGraph step = DecoderLm.incremental(config, method);
    try (GraphExecutor stepping = executor(step.network())) {
      Continuation text = new CachedContinuation(step, stepping, Map.of(), 1);
      text.append(BEGIN);
      text.append(3);
      assertThatThrownBy(() -> text.append(4))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("takes 2 tokens at most; raise max.length");
    }
  }
}
