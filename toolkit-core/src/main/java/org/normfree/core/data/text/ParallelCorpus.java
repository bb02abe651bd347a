package org.normfree.core.data.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.normfree.core.InputException;

/**
 * Sentences and their translations in three parts.
 *
 * @param train what is learned from
 * @param validation what hyper-parameters are chosen by
 * @param test what is only reported
 */
public record ParallelCorpus(
    List<SentencePair> train, List<SentencePair> validation, List<SentencePair> test) {
  /** Copies the lists. */
  public ParallelCorpus {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
  }

  /** Both sides of the training part, for a tokenizer to be trained on. */
  public List<String> trainingTexts() {
    return train.stream().flatMap(pair -> Stream.of(pair.source(), pair.target())).toList();
  }

  /**
   * Holds out what has no part of its own: a twentieth of the distinct source sentences, chosen by
   * their text alone, so that equal sources are never divided.
   */
  static ParallelCorpus of(
      String origin,
      List<SentencePair> pairs,
      List<SentencePair> givenValidation,
      List<SentencePair> givenTest) {
    if (pairs.stream().allMatch(pair -> pair.source().equals(pair.target()))) {
      throw new InputException(
          "%s holds the same sentences on both sides, so there is nothing to translate; give the translations"
              .formatted(origin));
    }
    List<SentencePair> train = new ArrayList<>();
    List<SentencePair> validation = new ArrayList<>(givenValidation);
    List<SentencePair> test = new ArrayList<>(givenTest);
    for (SentencePair pair : pairs) {
      switch (HeldOut.of(pair.source(), givenValidation.isEmpty(), givenTest.isEmpty())) {
        case TRAIN -> train.add(pair);
        case VALIDATION -> validation.add(pair);
        case TEST -> test.add(pair);
      }
    }
    if (train.isEmpty() || validation.isEmpty() || test.isEmpty()) {
      throw new InputException(
          "%s holds %s pairs, too few to hold out a validation and a test part; give more pairs, or"
                  .formatted(origin, pairs.size())
              + " parts of their own");
    }
    return new ParallelCorpus(train, validation, test);
  }
}
