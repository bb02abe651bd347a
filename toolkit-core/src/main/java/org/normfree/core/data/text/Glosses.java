package org.normfree.core.data.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The definitions and examples of WordNet 3.1 (Princeton University), 117,791 lines of English that
 * come with the toolkit. A twentieth of the lines is held out for validation, another for test,
 * chosen by their text alone.
 */
public final class Glosses {
  private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/data.";
  private static final List<String> FILES = List.of("noun", "verb", "adj", "adv");

  private Glosses() {}

  /** The text, a gloss a line, nouns before verbs, adjectives and adverbs. */
  public static TextCorpus load() {
    StringBuilder train = new StringBuilder();
    StringBuilder validation = new StringBuilder();
    StringBuilder test = new StringBuilder();
    for (String file : FILES) {
      try (InputStream in = Glosses.class.getResourceAsStream(FOLDER + file)) {
        if (in == null) {
          throw new IllegalStateException("%s%s is not on the class path".formatted(FOLDER, file));
        }
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("  ")) {
            continue; // the licence
          }
          String gloss = line.substring(line.indexOf("| ") + 2).strip();
          StringBuilder part =
              switch (HeldOut.of(gloss, true, true)) {
                case TRAIN -> train;
                case VALIDATION -> validation;
                case TEST -> test;
              };
          part.append(gloss).append('\n');
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read %s%s".formatted(FOLDER, file), e);
      }
    }
    return new TextCorpus(train.toString(), validation.toString(), test.toString());
  }
}
