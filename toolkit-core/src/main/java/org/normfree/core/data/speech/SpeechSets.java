package org.normfree.core.data.speech;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;
import org.normfree.core.data.DataFolder;

/** Speech by name: what the keys {@code data}, {@code data.path} and {@code data.rate} mean. */
public final class SpeechSets {
  /** The values of {@code data}, the default first. */
  public static final List<String> NAMES = List.of("synthetic", "fsdd", "folder");

  private SpeechSets() {}

  /**
   * Loads recordings; each call gives the same in the same order.
   *
   * @param name one of {@link #NAMES}: {@link SyntheticSpeech}, the Free Spoken Digit Dataset, or
   *     any {@link SpeechFolder}
   * @param path where the files are; needed by all but {@code synthetic}
   * @param rate samples a second, at least 1
   * @throws InputException if the name is unknown, the path is missing or not wanted, or the files
   *     cannot be used
   */
  public static SpeechCorpus load(String name, Optional<Path> path, int rate) {
    if (!NAMES.contains(name)) {
      throw new InputException(
          "unknown data '%s'; %s".formatted(name, Suggestion.forName(name, NAMES)));
    }
    if (name.equals("synthetic")) {
      if (path.isPresent()) {
        throw new InputException(
            "data.path=%s is given but data=synthetic is made here; choose another data or drop it"
                .formatted(path.get()));
      }
      return SyntheticSpeech.corpus(rate);
    }
    Path folder = DataFolder.given(path, name, "the .wav files");
    SpeechCorpus corpus = SpeechFolder.load(folder, rate);
    if (name.equals("fsdd") && !corpus.singleWords()) {
      throw new InputException(
          "%s has recordings of several words, which data=fsdd has not; use data=folder"
              .formatted(folder));
    }
    return corpus;
  }
}
