package org.normfree.core.data.speech;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.normfree.core.InputException;
import org.normfree.core.data.Sources;
import org.normfree.core.data.text.TextFiles;

/**
 * Reads folders of WAV files, in one of three arrangements:
 *
 * <ul>
 *   <li>{@code transcripts.tsv} beside or above them: a line a file, its name, a tab, the words
 *       that are said and, if wanted, a tab and the speaker;
 *   <li>files named {@code {word}_{speaker}_{take}.wav}, as the Free Spoken Digit Dataset has them,
 *       in the folder or in {@code recordings} in it;
 *   <li>a folder a word, as Speech Commands has them; the speaker is what a file's name has before
 *       its first underscore.
 * </ul>
 *
 * Other files are told of in one line.
 */
public final class SpeechFolder {
  private static final String TRANSCRIPTS = "transcripts.tsv";
  private static final Pattern NAMED = Pattern.compile("([^_]+)_([^_]+)_([0-9]{1,9})\\.[^.]+");

  private final Path folder;
  private final int rate;
  private final List<Spoken> spoken = new ArrayList<>();

  /**
   * A file and what is known of it.
   *
   * @param file the file
   * @param words what is said
   * @param speaker who says it
   * @param take number of the take
   */
  private record Spoken(Path file, List<String> words, String speaker, int take) {}

  private SpeechFolder(Path folder, int rate) {
    this.folder = folder;
    this.rate = rate;
  }

  /**
   * Reads all files.
   *
   * @param folder the folder
   * @param rate samples a second that all are brought to
   * @return the recordings
   * @throws InputException if the folder is in none of these arrangements, or a file cannot be
   *     read; the message names it
   */
  public static SpeechCorpus load(Path folder, int rate) {
    Sources.requireFolder(folder);
    SpeechFolder speech = new SpeechFolder(folder, rate);
    Path transcripts = folder.resolve(TRANSCRIPTS);
    Path recordings = folder.resolve("recordings");
    if (Files.exists(transcripts)) {
      speech.transcribed(transcripts);
    } else if (!files(folder).isEmpty()) {
      speech.named(files(folder));
    } else if (Files.isDirectory(recordings)) {
      speech.named(files(recordings));
    } else {
      speech.sorted();
    }
    speech.tellLeftOut();
    return speech.read();
  }

  private void tellLeftOut() {
    List<Path> read = new ArrayList<>(spoken.stream().map(Spoken::file).toList());
    read.add(folder.resolve(TRANSCRIPTS));
    Sources.tellLeftOut(
        folder,
        3,
        read,
        "are the .wav files that %s names, or else those of one folder, or of a folder a word"
            .formatted(TRANSCRIPTS));
  }

  private static List<Path> files(Path folder) {
    return Sources.children(folder).stream().filter(SpeechFolder::isWav).toList();
  }

  private static boolean isWav(Path file) {
    return name(file).toLowerCase(Locale.ROOT).endsWith(".wav") && !Files.isDirectory(file);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private void transcribed(Path transcripts) {
    List<String> lines = TextFiles.lines(transcripts);
    for (int i = 0; i < lines.size(); i++) {
      String[] fields = lines.get(i).split("\t", -1);
      if (fields.length < 2 || fields.length > 3 || fields[1].isBlank()) {
        throw new InputException(
            "%s, line %s: expected a file, a tab, what is said and, if wanted, a tab and the speaker"
                .formatted(transcripts, i + 1));
      }
      spoken.add(
          new Spoken(
              folder.resolve(fields[0]),
              List.of(fields[1].strip().split("\\s+")),
              fields.length == 3 ? fields[2].strip() : "",
              i));
    }
  }

  private void named(List<Path> files) {
    for (Path file : files) {
      Matcher name = NAMED.matcher(name(file));
      if (!name.matches()) {
        throw new InputException(
            "%s is not named {word}_{speaker}_{take}.wav; rename it, or put the files of each word into a folder, or add %s"
                .formatted(file, TRANSCRIPTS));
      }
      spoken.add(
          new Spoken(file, List.of(name.group(1)), name.group(2), Integer.parseInt(name.group(3))));
    }
  }

  private void sorted() {
    for (Path word : Sources.children(folder)) {
      if (!Files.isDirectory(word)) {
        continue;
      }
      Map<String, Integer> takes = new LinkedHashMap<>();
      for (Path file : files(word)) {
        String speaker = name(file).replaceFirst("[_.].*", "");
        int take = takes.merge(speaker, 1, Integer::sum) - 1;
        spoken.add(new Spoken(file, List.of(name(word)), speaker, take));
      }
    }
  }

  private SpeechCorpus read() {
    if (spoken.isEmpty()) {
      throw new InputException(
          "%s holds no .wav files, neither itself nor in folders; check data.path"
              .formatted(folder));
    }
    List<String> words = distinct(spoken.stream().flatMap(s -> s.words().stream()).toList());
    List<String> speakers = distinct(spoken.stream().map(Spoken::speaker).toList());
    List<Clip> clips = new ArrayList<>();
    for (Spoken one : spoken) {
      float[] samples = Resampler.to(WavFile.read(one.file()), rate).samples();
      clips.add(
          new Clip(
              samples,
              one.words().stream().map(words::indexOf).toList(),
              speakers.indexOf(one.speaker()),
              one.take()));
    }
    return SpeechCorpus.of(String.valueOf(folder), rate, words, speakers, clips);
  }

  private static List<String> distinct(List<String> names) {
    return List.copyOf(new TreeSet<>(names));
  }
}
