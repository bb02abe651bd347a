package org.normfree.core.data.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.data.Sources;

/** UTF-8 files, plain or {@code .gz}, read strictly. */
public final class TextFiles {
  private TextFiles() {}

  /** A file of this name, or the same with {@code .gz}. */
  static Optional<Path> find(Path folder, String name) {
    return List.of(name, name + ".gz").stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** A file's text, without a byte-order mark, its lines ended by line feeds. */
  static String text(Path file) {
    byte[] bytes = Sources.unpacked(file);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    if (result.isError()) {
      int line = 1;
      for (int i = 0; i < in.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      throw new InputException(
          "%s, line %s: byte %s (0x%s) is not UTF-8; convert the file to UTF-8"
              .formatted(
                  file, line, in.position(), HexFormat.of().toHexDigits(bytes[in.position()])));
    }
    String text = out.flip().toString();
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    text = text.replace("\r\n", "\n");
    if (text.isBlank()) {
      throw new InputException("%s is empty, expected lines of text".formatted(file));
    }
    return text;
  }

  /**
   * A file's lines; line feeds end them, nothing else does.
   *
   * @param file in UTF-8, plain or {@code .gz}
   * @throws InputException if it cannot be read, is blank or no UTF-8
   */
  public static List<String> lines(Path file) {
    String text = text(file);
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      lines.add(text.substring(start, end));
      start = end + 1;
    }
    return lines;
  }

  /** A pair of sentences, neither of which is blank. */
  static SentencePair pair(String source, String target, Path file, int line) {
    if (source.isBlank() || target.isBlank()) {
      throw new InputException(
          "%s, line %s: the %s sentence is empty; remove the pair from both sides"
              .formatted(file, line, source.isBlank() ? "source" : "target"));
    }
    return new SentencePair(source, target, line);
  }
}
