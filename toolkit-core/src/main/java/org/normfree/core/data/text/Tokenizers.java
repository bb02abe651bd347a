package org.normfree.core.data.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;
import org.normfree.core.data.Sources;

/** The tokenizers by name: what the keys {@code tokenizer} and {@code vocabulary} mean. */
public final class Tokenizers {
  /** The values of {@code tokenizer}, the default first. */
  public static final List<String> NAMES =
      List.of(ByteTokenizer.NAME, CharacterTokenizer.NAME, BpeTokenizer.NAME);

  static final String KIND = "tokenizer";
  static final String UNKNOWN = "\uFFFD";
  static final byte[] UNKNOWN_BYTES = UNKNOWN.getBytes(StandardCharsets.UTF_8);

  /** Made when a tokenizer is written or read, which is long after a start. */
  private static final class Json {
    static final ObjectMapper MAPPER =
        new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
  }

  private Tokenizers() {}

  /**
   * Makes a tokenizer for some texts; the same texts give the same one.
   *
   * @param name one of {@link #NAMES}
   * @param texts the training texts
   * @param vocabulary wanted number of ids for {@code bpe}; 0 for the others, whose number follows
   * @return the tokenizer
   * @throws InputException if the name is unknown, the vocabulary does not fit it, or there is no
   *     text to learn from
   */
  public static Tokenizer train(String name, Iterable<String> texts, int vocabulary) {
    if (!NAMES.contains(name)) {
      throw new InputException(
          "unknown tokenizer '%s'; %s".formatted(name, Suggestion.forName(name, NAMES)));
    }
    if (vocabulary != 0 && !name.equals(BpeTokenizer.NAME)) {
      throw new InputException(
          "vocabulary=%s applies to tokenizer=bpe only, expected 0 for tokenizer=%s"
              .formatted(vocabulary, name));
    }
    return switch (name) {
      case ByteTokenizer.NAME -> new ByteTokenizer();
      case CharacterTokenizer.NAME -> CharacterTokenizer.train(texts);
      case BpeTokenizer.NAME -> BpeTokenizer.train(texts, vocabulary);
      default -> throw new IllegalStateException(name);
    };
  }

  /**
   * @param file what {@link Tokenizer#toJson()} gave
   * @return the tokenizer
   * @throws InputException if the file cannot be read or is something else
   */
  public static Tokenizer load(Path file) {
    JsonNode json;
    try {
      json = Json.MAPPER.readTree(Sources.bytes(file));
    } catch (IOException e) {
      throw new InputException(
          "%s is not JSON (%s); give a file that a tokenizer was saved to"
              .formatted(file, e instanceof JsonProcessingException j ? where(j) : e),
          e);
    }
    String name = json.path(KIND).asText();
    return switch (name) {
      case ByteTokenizer.NAME -> new ByteTokenizer();
      case CharacterTokenizer.NAME -> {
        JsonNode symbols = json.path(CharacterTokenizer.SYMBOLS);
        require(symbols.isTextual(), file, "a text of its symbols");
        yield CharacterTokenizer.train(List.of(symbols.asText()));
      }
      case BpeTokenizer.NAME -> new BpeTokenizer(merges(json.path(BpeTokenizer.MERGES), file));
      default ->
          throw new InputException(
              "%s names the tokenizer '%s', expected one of %s; give a file that a tokenizer was"
                      .formatted(file, name, String.join(", ", NAMES))
                  + " saved to");
    };
  }

  private static List<int[]> merges(JsonNode json, Path file) {
    require(json.isArray(), file, "an array of merges");
    List<int[]> merges = new ArrayList<>();
    for (JsonNode merge : json) {
      int known = BpeTokenizer.SMALLEST + merges.size();
      require(
          merge.size() == 2 && isToken(merge.get(0), known) && isToken(merge.get(1), known),
          file,
          "two ids from %s to %s as merge %s"
              .formatted(Tokenizer.SPECIALS, known - 1, merges.size() + 1));
      merges.add(new int[] {merge.get(0).intValue(), merge.get(1).intValue()});
    }
    return merges;
  }

  private static boolean isToken(JsonNode id, int known) {
    return id.isInt() && id.intValue() >= Tokenizer.SPECIALS && id.intValue() < known;
  }

  private static void require(boolean holds, Path file, String what) {
    if (!holds) {
      throw new InputException(
          "%s does not hold %s; give a file that a tokenizer was saved to".formatted(file, what));
    }
  }

  private static String where(JsonProcessingException e) {
    return e.getLocation() == null
        ? e.getOriginalMessage()
        : "line %s: %s".formatted(e.getLocation().getLineNr(), e.getOriginalMessage());
  }

  static byte[] json(Map<String, ?> content) {
    try {
      return Json.MAPPER.writeValueAsBytes(content);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tokenizer has no JSON", e);
    }
  }

  static void requireId(int id, int size) {
    if (id < 0 || id >= size) {
      throw new IllegalArgumentException(
          "there is no token %s, expected 0 to %s".formatted(id, size - 1));
    }
  }
}
