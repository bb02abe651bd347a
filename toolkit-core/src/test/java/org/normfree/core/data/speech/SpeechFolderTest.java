package org.normfree.core.data.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.data.Told;

class SpeechFolderTest {
  @TempDir Path folder;

  /** A file whose first sample tells which it is. */
  private static void wav(Path file, int mark, int rate) throws IOException {
    ByteBuffer samples = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 40; i++) {
      samples.putShort((short) (mark * 100));
    }
    Files.createDirectories(file.getParent());
    Files.write(
        file,
        new WavFileTest.Wav()
            .chunk("fmt ", WavFileTest.format(1, 1, rate, 16))
            .chunk("data", samples.array())
            .bytes());
  }

  private static int mark(Clip clip) {
    return Math.round(clip.samples()[20] * 32_768 / 100);
  }

  @Test
  void saysInOneLineWhatIsLeftOut() throws IOException {
    for (int take = 0; take < 20; take++) {
      wav(folder.resolve("yes/ann_" + take + ".wav"), take, 8000);
      wav(folder.resolve("no/bob_" + take + ".wav"), take, 8000);
    }
    try (Told told = new Told()) {
      SpeechFolder.load(folder, 8000);
      assertThat(told.lines()).isEmpty();
      Files.writeString(folder.resolve("yes/ann_20.flac"), "another format");
      wav(folder.resolve("no/deeper/bob_20.wav"), 1, 8000);
      SpeechFolder.load(folder, 8000);
      assertThat(told.lines())
          .singleElement()
          .asString()
          .contains("2 files are left out, such as no/deeper/bob_20.wav");
    }
  }

  @Test
  void namesTellWordSpeakerAndTake() throws IOException {
    for (int word = 0; word < 2; word++) {
      for (int take = 0; take < 10; take++) {
        for (String speaker : List.of("ann", "bob")) {
          int mark = 100 * word + 10 * take + (speaker.equals("ann") ? 1 : 2);
          wav(
              folder.resolve("recordings/" + word + "_" + speaker + "_" + take + ".wav"),
              mark,
              8000);
        }
      }
    }
    SpeechCorpus corpus = SpeechSets.load("fsdd", Optional.of(folder), 8000);
    assertThat(corpus.words()).containsExactly("0", "1");
    assertThat(corpus.speakers()).containsExactly("ann", "bob");
    assertThat(corpus.test()).hasSize(8).allMatch(clip -> clip.take() < 2);
    assertThat(corpus.validation()).hasSize(4).allMatch(clip -> clip.take() == 2);
    assertThat(corpus.train()).hasSize(28).allMatch(clip -> clip.take() > 2);
    for (Clip clip : corpus.all()) {
      assertThat(mark(clip)).isEqualTo(100 * clip.word() + 10 * clip.take() + 1 + clip.speaker());
    }
  }

  @Test
  void foldersAreWordsAndOtherRatesAreResampled() throws IOException {
    for (int i = 0; i < 6; i++) {
      wav(folder.resolve("no/s" + i + "_nohash_0.wav"), 7, 16_000);
      wav(folder.resolve("yes/s" + i % 3 + "_nohash_" + i + ".WAV"), 9, 8000);
    }
    SpeechCorpus corpus = SpeechSets.load("folder", Optional.of(folder), 8000);
    assertThat(corpus.words()).containsExactly("no", "yes");
    assertThat(corpus.speakers()).hasSize(6);
    assertThat(corpus.all())
        .hasSize(12)
        .allMatch(clip -> clip.samples().length == (clip.word() == 0 ? 20 : 40));
  }

  @Test
  void transcriptsTellWordsAndSpeakers() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      wav(folder.resolve("wavs/" + i + ".wav"), i, 8000);
      lines.append("wavs/" + i + ".wav\tturn left  now\tann\r\n");
    }
    Files.writeString(folder.resolve("transcripts.tsv"), lines);
    SpeechCorpus corpus = SpeechSets.load("folder", Optional.of(folder), 8000);
    assertThat(corpus.words()).containsExactly("left", "now", "turn");
    assertThat(corpus.train().get(0).words()).containsExactly(2, 0, 1);
    assertThat(corpus.train().get(0).word()).isEqualTo(-1);
    assertThat(corpus.speakers()).containsExactly("ann");
    assertThat(corpus.singleWords()).isFalse();
    refused(
        "recordings of several words", () -> SpeechSets.load("fsdd", Optional.of(folder), 8000));
    Files.writeString(folder.resolve("transcripts.tsv"), "wavs/0.wav\tone\nwavs/1.wav\n");
    refused("transcripts.tsv, line 2", () -> SpeechFolder.load(folder, 8000));
  }

  @Test
  void whatCannotBeUsedIsRefusedWithTheFilesName() throws IOException {
    refused("holds no .wav files", () -> SpeechFolder.load(folder, 8000));
    refused("does not exist", () -> SpeechFolder.load(folder.resolve("absent"), 8000));
    refused("data=fsdd needs data.path", () -> SpeechSets.load("fsdd", Optional.empty(), 8000));
    refused(
        "data=synthetic is made here",
        () -> SpeechSets.load("synthetic", Optional.of(folder), 8000));
    refused("unknown data 'fsd'", () -> SpeechSets.load("fsd", Optional.empty(), 8000));
    for (int i = 0; i < 4; i++) {
      wav(folder.resolve("0_ann_" + i + ".wav"), i, 8000);
    }
    refused("4 recordings of '0'", () -> SpeechFolder.load(folder, 8000));
    Files.write(folder.resolve("0_ann_4.wav"), new byte[30]);
    refused("0_ann_4.wav", () -> SpeechFolder.load(folder, 8000));
    wav(folder.resolve("zero-ann.wav"), 1, 8000);
    refused("zero-ann.wav is not named", () -> SpeechFolder.load(folder, 8000));
  }

  private static void refused(String words, Runnable load) {
    assertThatThrownBy(load::run)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(words)
        .hasMessageNotContaining("\n");
  }
}
