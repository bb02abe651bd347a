package org.normfree.core.data.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.InputException;

class WavFileTest {
  private static final double[] SOUND = {0, 0.5, -0.25, 0.75, -1, 0.125, 0.0625};

  @TempDir Path folder;

  /** A WAV file, chunk by chunk. */
  static final class Wav {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    Wav chunk(String name, byte[] content) {
      return chunk(name, content.length, content);
    }

    Wav chunk(String name, int size, byte[] content) {
      write(name.getBytes(StandardCharsets.ISO_8859_1));
      write(numbers(4, size));
      write(content);
      if (content.length % 2 == 1) {
        body.write(0);
      }
      return this;
    }

    private void write(byte[] bytes) {
      body.write(bytes, 0, bytes.length);
    }

    byte[] bytes() {
      return bytes(body.size() + 4);
    }

    byte[] bytes(int size) {
      ByteBuffer all = ByteBuffer.allocate(12 + body.size()).order(ByteOrder.LITTLE_ENDIAN);
      all.put("RIFF".getBytes(StandardCharsets.ISO_8859_1));
      all.putInt(size);
      all.put("WAVE".getBytes(StandardCharsets.ISO_8859_1));
      return all.put(body.toByteArray()).array();
    }
  }

  private static byte[] numbers(int width, long... values) {
    ByteBuffer all = ByteBuffer.allocate(width * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      for (int i = 0; i < width; i++) {
        all.put((byte) (value >> (8 * i)));
      }
    }
    return all.array();
  }

  static byte[] format(int code, int channels, int rate, int bits) {
    int block = channels * bits / 8;
    return join(
        numbers(2, code, channels), numbers(4, rate, (long) rate * block), numbers(2, block, bits));
  }

  private static byte[] extensible(int code, int channels, int rate, int bits) {
    byte[] guid = {0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71};
    return join(
        format(0xFFFE, channels, rate, bits),
        numbers(2, 22, bits),
        numbers(4, 3),
        numbers(2, code),
        guid);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.write(part, 0, part.length);
    }
    return all.toByteArray();
  }

  /** Samples as a file has them; of several channels, each the same. */
  private static byte[] samples(int code, int channels, int bits) {
    long[] values = new long[SOUND.length * channels];
    for (int i = 0; i < values.length; i++) {
      double x = SOUND[i / channels];
      values[i] =
          code == 3
              ? bits == 32 ? Float.floatToIntBits((float) x) : Double.doubleToLongBits(x)
              : bits == 8
                  ? 128 + Math.round(x * 128)
                  : Math.min((1L << (bits - 1)) - 1, Math.round(x * (1L << (bits - 1))));
    }
    return numbers(bits / 8, values);
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("sound.wav"), bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 8",
    "1, 2, 8",
    "1, 1, 16",
    "1, 2, 16",
    "1, 1, 24",
    "1, 3, 24",
    "1, 1, 32",
    "3, 1, 32",
    "3, 2, 64"
  })
  void everyWayOfWritingSamplesGivesTheSameSound(int code, int channels, int bits)
      throws IOException {
    byte[] sound = samples(code, channels, bits);
    byte[] odd = {7, 7, 7};
    for (byte[] format :
        Arrays.asList(
            format(code, channels, 11_025, bits), extensible(code, channels, 11_025, bits))) {
      Path file =
          write(
              new Wav()
                  .chunk("LIST", odd)
                  .chunk("fmt ", format)
                  .chunk("fact", odd)
                  .chunk("data", sound)
                  .chunk("id3 ", odd)
                  .bytes());
      Wave wave = WavFile.read(file);
      assertThat(wave.rate()).isEqualTo(11_025);
      assertThat(wave.samples()).hasSize(SOUND.length);
      for (int i = 0; i < SOUND.length; i++) {
        assertThat((double) wave.samples()[i]).isCloseTo(SOUND[i], within(1e-7));
      }
    }
  }

  @Test
  void channelsAreAveraged() throws IOException {
    byte[] stereo = numbers(2, 16_384, 0, -8192, 8192);
    Path file =
        write(new Wav().chunk("fmt ", format(1, 2, 8000, 16)).chunk("data", stereo).bytes());
    assertThat(WavFile.read(file).samples()).containsExactly(0.25f, 0);
  }

  @Test
  void aLastOddChunkMayLackItsPadding() throws IOException {
    byte[] whole =
        new Wav()
            .chunk("fmt ", format(1, 1, 8000, 8))
            .chunk("data", new byte[] {0, (byte) 128, 64})
            .bytes();
    Path file = write(Arrays.copyOf(whole, whole.length - 1));
    assertThat(WavFile.read(file).samples()).containsExactly(-1, 0, -0.5f);
  }

  @Test
  void aFileCutAnywhereIsRefusedInOneLineThatNamesIt() throws IOException {
    byte[] whole = plain().bytes();
    for (int length = 0; length < whole.length; length++) {
      refused(Arrays.copyOf(whole, length), "sound.wav");
    }
  }

  private static Wav plain() {
    return new Wav().chunk("fmt ", format(1, 1, 8000, 16)).chunk("data", samples(1, 1, 16));
  }

  @ParameterizedTest
  @CsvSource({
    "6, 8, a-law",
    "7, 8, mu-law",
    "2, 4, ADPCM",
    "17, 4, IMA ADPCM",
    "85, 16, MP3",
    "1, 12, PCM of 12 bits",
    "3, 16, floating point of 16 bits",
    "999, 16, format 999"
  })
  void otherFormatsAreRefusedByTheirNames(int code, int bits, String words) throws IOException {
    refused(
        new Wav().chunk("fmt ", format(code, 1, 8000, bits)).chunk("data", new byte[24]).bytes(),
        words);
    refused(
        new Wav()
            .chunk("fmt ", extensible(code, 1, 8000, bits))
            .chunk("data", new byte[24])
            .bytes(),
        words);
  }

  @Test
  void whatIsNoSoundIsRefused() throws IOException {
    byte[] format = format(1, 1, 8000, 16);
    byte[] four = new byte[4];
    refused(new Wav().chunk("fmt ", format).chunk("data", new byte[0]).bytes(), "has 0 samples");
    refused(new Wav().chunk("fmt ", format).bytes(), "no chunk 'data'");
    refused(new Wav().chunk("data", four).bytes(), "no chunk 'fmt '");
    refused(
        new Wav().chunk("fmt ", format).chunk("data", four).chunk("data", four).bytes(),
        "two chunks 'data'");
    refused(
        new Wav().chunk("fmt ", format).chunk("data", new byte[3]).bytes(),
        "no multiple of the 2 of a frame");
    refused(new Wav().chunk("fmt ", format).chunk("data", 6, four).bytes(), "only 4 are left");
    refused(plain().bytes(9000), "says in its header that 9000 bytes follow");
    refused(plain().bytes(20), "says in its header that 20 bytes follow");
    byte[] riffx = plain().bytes();
    riffx[3] = 'X';
    refused(riffx, "begins with 'RIFX'");
    byte[] avi = plain().bytes();
    avi[8] = 10;
    refused(avi, "of kind '?AVE'");
    byte[] block = format.clone();
    block[12] = 3;
    refused(new Wav().chunk("fmt ", block).chunk("data", four).bytes(), "says 3 bytes a frame");
    byte[] silent = format.clone();
    silent[4] = 0;
    silent[5] = 0;
    refused(new Wav().chunk("fmt ", silent).chunk("data", four).bytes(), "0 samples a second");
    refused(
        new Wav()
            .chunk("fmt ", format(3, 1, 8000, 32))
            .chunk("data", numbers(4, Float.floatToIntBits(Float.NaN)))
            .bytes(),
        "no number");
    assertThatThrownBy(() -> WavFile.read(folder.resolve("absent.wav")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("absent.wav");
  }

  private void refused(byte[] bytes, String words) throws IOException {
    Path file = write(bytes);
    assertThatThrownBy(() -> WavFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("sound.wav")
        .hasMessageContaining(words)
        .hasMessageNotContaining("\n");
  }
}
