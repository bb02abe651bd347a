package org.normfree.core.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.normfree.core.InputException;

/** JSON as every file of the toolkit is written: UTF-8, a fixed key order, unknown keys ignored. */
public final class Json {
  /**
   * The one mapper. Non-finite numbers are written as the strings {@code "NaN"}, {@code
   * "Infinity"}.
   */
  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private Json() {}

  /**
   * @param value a record or map
   * @return its JSON on one line, without a line end
   */
  public static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param value a record or map
   * @return its indented JSON as UTF-8 with a final line end, for a file of its own
   */
  public static byte[] pretty(Object value) {
    try {
      return (MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param <T> the type the file holds
   * @param file a JSON file
   * @param type the type the file holds
   * @return the file's content
   * @throws InputException if the file is missing or not valid JSON of that type
   */
  public static <T> T read(Path file, Class<T> type) {
    try {
      return MAPPER.readValue(Files.readAllBytes(file), type);
    } catch (IOException e) {
      throw new InputException(
          "cannot read %s as %s: %s".formatted(file, type.getSimpleName(), firstLine(e)), e);
    }
  }

  /**
   * @param <T> the type the file holds
   * @param file a JSON file
   * @param type the type the file holds
   * @return the file's content
   * @throws InputException if the file is missing or not valid JSON of that type
   */
  public static <T> T read(Path file, TypeReference<T> type) {
    try {
      return MAPPER.readValue(Files.readAllBytes(file), type);
    } catch (IOException e) {
      throw new InputException("cannot read %s: %s".formatted(file, firstLine(e)), e);
    }
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
