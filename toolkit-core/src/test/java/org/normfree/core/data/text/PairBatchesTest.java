package org.normfree.core.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Network;

class PairBatchesTest {
  private static final Tokenizer BYTES = new ByteTokenizer();
  private static final List<SentencePair> PAIRS = pairs(200);
  private static final EncodedPairs ENCODED = encode(PAIRS, 64);

  private static List<SentencePair> pairs(int count) {
    SplittableRandom random = new SplittableRandom(3);
    List<SentencePair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pairs.add(
          new SentencePair(
              i + "s".repeat(random.nextInt(40)), i + "t".repeat(random.nextInt(50)), i + 1));
    }
    return pairs;
  }

  private static EncodedPairs encode(List<SentencePair> pairs, int maxLength) {
    return new EncodedPairs(pairs, BYTES, BYTES, maxLength, Overlong.REFUSE);
  }

  private static int[] ids(Batch batch, String name) {
    return ((Batch.Integers) batch.feeds().get(name)).elements();
  }

  /** The pairs of a batch, decoded from its feeds, which are checked on the way. */
  private static List<List<String>> decode(Batch batch) {
    int sourceLength = (int) batch.feeds().get(Network.INPUT).shape()[1];
    int targetLength = (int) batch.feeds().get(Network.TARGETS).shape()[1];
    assertThat(ids(batch, Network.POSITIONS)).isEqualTo(IntStream.range(0, sourceLength).toArray());
    assertThat(ids(batch, Network.DECODER_POSITIONS))
        .isEqualTo(IntStream.range(0, targetLength).toArray());
    assertThat(batch.integers(Network.TARGETS)).isEqualTo(ids(batch, Network.TARGETS));
    float[] mask = batch.reals(Network.INPUT_MASK);
    List<List<String>> pairs = new ArrayList<>();
    for (int row = 0; row < batch.size(); row++) {
      int[] source =
          Arrays.copyOfRange(
              ids(batch, Network.INPUT), row * sourceLength, (row + 1) * sourceLength);
      for (int i = 0; i < sourceLength; i++) {
        assertThat(mask[row * sourceLength + i]).isEqualTo(source[i] == Tokenizer.PAD ? 0 : 1);
      }
      int[] read =
          Arrays.copyOfRange(
              ids(batch, Network.DECODER_INPUT), row * targetLength, (row + 1) * targetLength);
      int[] wanted =
          Arrays.stream(
                  batch.integers(Network.TARGETS), row * targetLength, (row + 1) * targetLength)
              .filter(id -> id != Batch.IGNORED)
              .toArray();
      if (wanted.length == 0) {
        assertThat(source).containsOnly(Tokenizer.PAD);
        assertThat(read).containsOnly(Tokenizer.PAD);
        continue;
      }
      int end = wanted.length - 1;
      assertThat(wanted[end]).isEqualTo(Tokenizer.EOS);
      assertThat(read[0]).isEqualTo(Tokenizer.BOS);
      assertThat(Arrays.copyOfRange(read, 1, end + 1)).isEqualTo(Arrays.copyOf(wanted, end));
      assertThat(Arrays.stream(read, end + 1, targetLength)).allMatch(id -> id == Tokenizer.PAD);
      assertThat(Arrays.stream(source).filter(id -> id == Tokenizer.EOS).count()).isEqualTo(1);
      pairs.add(List.of(BYTES.decode(source), BYTES.decode(wanted)));
    }
    return pairs;
  }

  private static List<List<String>> expected() {
    return PAIRS.stream().map(pair -> List.of(pair.source(), pair.target())).toList();
  }

  @Test
  void takesEachPairOnceAnEpochInFewShapes() {
    PairBatches batches = new PairBatches(ENCODED, 256, 1);
    Set<List<Long>> shapes = new HashSet<>();
    Set<List<List<String>>> orders = new HashSet<>();
    for (int epoch = 0; epoch < 2; epoch++) {
      List<List<String>> used = new ArrayList<>();
      for (int i = 0; i < batches.stepsPerEpoch(); i++) {
        Batch batch = batches.batch((long) epoch * batches.stepsPerEpoch() + i);
        long[] source = batch.feeds().get(Network.INPUT).shape();
        long[] target = batch.feeds().get(Network.TARGETS).shape();
        assertThat(source[1] % 8).isZero();
        assertThat(target[1] % 8).isZero();
        assertThat(source[0]).isEqualTo(256 / Math.max(source[1], target[1]));
        shapes.add(List.of(source[0], source[1], target[1]));
        used.addAll(decode(batch));
      }
      assertThat(used).containsExactlyInAnyOrderElementsOf(expected());
      orders.add(used);
    }
    assertThat(shapes).hasSizeBetween(2, 4);
    assertThat(orders).hasSize(2);
  }

  @Test
  void startedInTheMiddleGivesTheTailOfAStreamFromTheStart() {
    Iterator<Batch> whole = new PairBatches(ENCODED, 256, 1).from(0);
    IntStream.range(0, 50).forEach(step -> whole.next());
    Iterator<Batch> tail = new PairBatches(ENCODED, 256, 1).from(50);
    for (int i = 0; i < 30; i++) {
      assertThat(tail.next()).usingRecursiveComparison().isEqualTo(whole.next());
    }
    assertThat(new PairBatches(ENCODED, 256, 2).batch(0))
        .usingRecursiveComparison()
        .isNotEqualTo(new PairBatches(ENCODED, 256, 1).batch(0));
  }

  @Test
  void choosesTheShapesThatNeedTheLeastPadding() {
    // five lengths for four shapes: lifting the one pair of 16 tokens to 24 costs least
    List<SentencePair> pairs = new ArrayList<>();
    for (int length : new int[] {8, 16, 24, 32, 40}) {
      for (int i = 0; i < (length == 16 ? 1 : 9); i++) {
        pairs.add(new SentencePair("s", "t".repeat(length - 1), 1));
      }
    }
    Set<List<Long>> shapes = new HashSet<>();
    for (Batch batch : new PairEvaluation(encode(pairs, 40), 120)) {
      long[] target = batch.feeds().get(Network.TARGETS).shape();
      assertThat(batch.feeds().get(Network.INPUT).shape()).containsExactly(target[0], 8);
      shapes.add(List.of(target[0], target[1]));
    }
    assertThat(shapes)
        .containsExactlyInAnyOrder(
            List.of(15L, 8L), List.of(5L, 24L), List.of(3L, 32L), List.of(3L, 40L));
  }

  @Test
  void evaluatesEachPairOnceAndSaysWhichItIs() {
    PairEvaluation evaluation = new PairEvaluation(ENCODED, 256);
    List<List<String>> used = new ArrayList<>();
    for (int i = 0; i < evaluation.count(); i++) {
      List<List<String>> rows = decode(evaluation.batch(i));
      int[] pairs = evaluation.pairs(i);
      assertThat(rows).hasSize(pairs.length);
      for (int row = 0; row < pairs.length; row++) {
        assertThat(rows.get(row)).isEqualTo(expected().get(pairs[row]));
      }
      used.addAll(rows);
    }
    assertThat(used).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void refusesOrSkipsPairsLongerThanTheModel() {
    List<SentencePair> pairs =
        List.of(new SentencePair("abc", "abcdefg", 4), new SentencePair("ab", "abcdefgh", 7));
    assertThat(encode(pairs.subList(0, 1), 8).count()).isEqualTo(1);
    assertThatThrownBy(() -> encode(pairs, 8))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "line 7 takes 9 tokens with its end, the model at most 8; raise max.length or set"
                + " overlong=skip");
    EncodedPairs kept = new EncodedPairs(pairs, BYTES, BYTES, 8, Overlong.SKIP);
    assertThat(kept.pairs()).containsExactly(pairs.get(0));
    assertThatThrownBy(() -> new EncodedPairs(pairs, BYTES, BYTES, 2, Overlong.SKIP))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("all 2 pairs take more than 2 tokens");
    assertThatThrownBy(() -> encode(List.of(), 8))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no pairs");
    assertThatThrownBy(() -> new PairBatches(ENCODED, 32, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("batch.tokens=32");
  }
}
