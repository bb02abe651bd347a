package org.normfree.core.data.speech;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.normfree.core.InputException;
import org.normfree.core.data.Sources;

/**
 * Reads WAV files: PCM of 8, 16, 24 and 32 bits and IEEE floating point of 32 and 64 bits, also as
 * {@code WAVE_FORMAT_EXTENSIBLE}; the channels are averaged. Chunks that say nothing about the
 * samples are passed over. What cannot be read, is compressed or is longer or shorter than its
 * header says is refused in one line that names the file.
 */
public final class WavFile {
  private static final int PCM = 1;
  private static final int FLOAT = 3;
  private static final int EXTENSIBLE = 0xFFFE;

  /** Compressions that are met most often. */
  private static final Map<Integer, String> COMPRESSIONS =
      Map.of(
          2, "ADPCM",
          6, "a-law",
          7, "mu-law",
          0x11, "IMA ADPCM",
          0x31, "GSM 6.10",
          0x55, "MP3");

  /** The end of the identifier of a format that has a number. */
  private static final byte[] NUMBERED = {
    0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71
  };

  private static final int HEADER = 8;

  private final Path file;
  private final ByteBuffer bytes;

  private WavFile(Path file, byte[] content) {
    this.file = file;
    this.bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * How samples are written.
   *
   * @param code PCM or FLOAT
   * @param channels how many
   * @param rate samples a second
   * @param bits of a sample
   */
  private record Format(int code, int channels, int rate, int bits) {
    int frame() {
      return channels * (bits / 8);
    }
  }

  /**
   * Reads a file.
   *
   * @param file a WAV file
   * @return its sound
   * @throws InputException if it cannot be read, or is none of those above
   */
  public static Wave read(Path file) {
    return new WavFile(file, Sources.bytes(file)).read();
  }

  private Wave read() {
    require(bytes.remaining() >= 12, "has %s bytes, too few for a WAV file", bytes.remaining());
    String container = text();
    require(
        container.equals("RIFF"), "begins with '%s', expected 'RIFF', as WAV files do", container);
    long size = unsigned();
    String kind = text();
    require(kind.equals("WAVE"), "is a RIFF file of kind '%s', expected 'WAVE'", kind);
    int length = bytes.capacity() - HEADER;
    // a last odd chunk may lack its padding
    require(
        size == length || size == length + 1L,
        "says in its header that %s bytes follow, but %s do; it was cut off, or written wrongly",
        size,
        length);
    Format format = null;
    float[] samples = null;
    while (bytes.remaining() >= HEADER) {
      String chunk = text();
      long chunkSize = unsigned();
      require(
          chunkSize <= bytes.remaining(),
          "has a chunk '%s' of %s bytes, but only %s are left; it was cut off, or written wrongly",
          chunk,
          chunkSize,
          bytes.remaining());
      int end = bytes.position() + (int) chunkSize;
      if (chunk.equals("fmt ")) {
        require(format == null, "has two chunks 'fmt '; expected one");
        format = format((int) chunkSize);
      } else if (chunk.equals("data")) {
        require(format != null, "has no chunk 'fmt ' before its samples");
        require(samples == null, "has two chunks 'data'; expected one");
        samples = samples(format, (int) chunkSize);
      }
      bytes.position(Math.min(bytes.capacity(), end + (end & 1)));
    }
    require(bytes.remaining() == 0, "has %s bytes behind its last chunk", bytes.remaining());
    require(samples != null, "has no samples: there is no chunk 'data'");
    return new Wave(samples, format.rate());
  }

  private Format format(int size) {
    require(size >= 16, "has a chunk 'fmt ' of %s bytes, expected at least 16", size);
    int code = bytes.getShort() & 0xFFFF;
    int channels = bytes.getShort() & 0xFFFF;
    long rate = unsigned();
    long perSecond = unsigned();
    int block = bytes.getShort() & 0xFFFF;
    int bits = bytes.getShort() & 0xFFFF;
    if (code == EXTENSIBLE) {
      require(size >= 40, "has an extensible chunk 'fmt ' of %s bytes, expected 40", size);
      bytes.position(bytes.position() + 8);
      code = bytes.getShort() & 0xFFFF;
      byte[] rest = new byte[NUMBERED.length];
      bytes.get(rest);
      require(Arrays.equals(rest, NUMBERED), "is of a format without a number; %s", CONVERT);
    }
    boolean plain = code == PCM && (bits == 8 || bits == 16 || bits == 24 || bits == 32);
    boolean real = code == FLOAT && (bits == 32 || bits == 64);
    require(
        plain || real,
        "holds %s of %s bits; %s",
        code == PCM
            ? "PCM"
            : code == FLOAT ? "floating point" : COMPRESSIONS.getOrDefault(code, "format " + code),
        bits,
        CONVERT);
    require(channels >= 1, "has no channels");
    require(rate >= 1 && rate <= Integer.MAX_VALUE, "has %s samples a second", rate);
    Format format = new Format(code, channels, (int) rate, bits);
    require(
        block == format.frame() && perSecond == rate * block,
        "says %s bytes a frame and %s a second, but %s channels of %s bits at %s Hz are %s and %s",
        block,
        perSecond,
        channels,
        bits,
        rate,
        format.frame(),
        rate * format.frame());
    return format;
  }

  private static final String CONVERT =
      "convert it to PCM of 8, 16, 24 or 32 bits or floating point of 32 or 64";

  private float[] samples(Format format, int size) {
    require(
        size % format.frame() == 0,
        "has %s bytes of samples, no multiple of the %s of a frame",
        size,
        format.frame());
    int count = size / format.frame();
    require(count > 0, "has 0 samples");
    float[] samples = new float[count];
    for (int i = 0; i < count; i++) {
      double sum = 0;
      for (int channel = 0; channel < format.channels(); channel++) {
        sum += sample(format);
      }
      double mean = sum / format.channels();
      require(Math.abs(mean) <= Float.MAX_VALUE, "has a sample that is no number, at %s", i);
      samples[i] = (float) mean;
    }
    return samples;
  }

  private double sample(Format format) {
    if (format.code() == FLOAT) {
      return format.bits() == 32 ? bytes.getFloat() : bytes.getDouble();
    }
    return switch (format.bits()) {
      case 8 -> ((bytes.get() & 0xFF) - 128) / 128.0;
      case 16 -> bytes.getShort() / 32_768.0;
      case 24 ->
          ((bytes.get() & 0xFF) | (bytes.get() & 0xFF) << 8 | bytes.get() << 16) / 8_388_608.0;
      default -> bytes.getInt() / 2_147_483_648.0;
    };
  }

  private String text() {
    byte[] four = new byte[4];
    bytes.get(four);
    return new String(four, StandardCharsets.ISO_8859_1);
  }

  private long unsigned() {
    return bytes.getInt() & 0xFFFFFFFFL;
  }

  private void require(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new InputException(
          file + " " + String.format(Locale.ROOT, message, values).replaceAll("\\p{Cntrl}", "?"));
    }
  }
}
