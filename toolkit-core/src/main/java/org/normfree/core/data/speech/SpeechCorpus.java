package org.normfree.core.data.speech;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.normfree.core.InputException;

/**
 * Recordings in three parts. Of the recordings of each word (of all, where a recording is of
 * several words) the first fifth by take, and by speaker within a take, is for testing, the next
 * tenth for validation: of ten takes by every speaker takes 0 and 1, and take 2.
 *
 * @param rate samples a second of all
 * @param words what is said, by number
 * @param speakers who speaks, by number
 * @param train for training
 * @param validation for choosing
 * @param test for the last numbers
 */
public record SpeechCorpus(
    int rate,
    List<String> words,
    List<String> speakers,
    List<Clip> train,
    List<Clip> validation,
    List<Clip> test) {
  private static final double TEST = 0.2;
  private static final double VALIDATION = 0.1;

  /** Copies the lists. */
  public SpeechCorpus {
    words = List.copyOf(words);
    speakers = List.copyOf(speakers);
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
  }

  /**
   * Divides recordings.
   *
   * @param source what they come from, for messages
   * @param clips all of them
   * @throws InputException if a word has fewer than 5 recordings
   */
  public static SpeechCorpus of(
      String source, int rate, List<String> words, List<String> speakers, List<Clip> clips) {
    Map<Integer, List<Clip>> groups = new TreeMap<>();
    clips.forEach(clip -> groups.computeIfAbsent(clip.word(), w -> new ArrayList<>()).add(clip));
    List<Clip> train = new ArrayList<>();
    List<Clip> validation = new ArrayList<>();
    List<Clip> test = new ArrayList<>();
    groups.forEach(
        (word, group) -> {
          if (group.size() < 5) {
            throw new InputException(
                "%s has %s recordings of %s, expected at least 5 to keep some for validation and test"
                    .formatted(
                        source,
                        group.size(),
                        word < 0 ? "several words" : "'" + words.get(word) + "'"));
          }
          group.sort(Comparator.comparingInt(Clip::take).thenComparingInt(Clip::speaker));
          int tested = (int) Math.max(1, Math.round(TEST * group.size()));
          int validated = (int) Math.max(1, Math.round(VALIDATION * group.size()));
          test.addAll(group.subList(0, tested));
          validation.addAll(group.subList(tested, tested + validated));
          train.addAll(group.subList(tested + validated, group.size()));
        });
    return new SpeechCorpus(rate, words, speakers, train, validation, test);
  }

  /** All recordings. */
  public List<Clip> all() {
    List<Clip> all = new ArrayList<>(train);
    all.addAll(validation);
    all.addAll(test);
    return all;
  }

  /** Whether every recording is of one word. */
  public boolean singleWords() {
    return all().stream().allMatch(clip -> clip.word() >= 0);
  }
}
