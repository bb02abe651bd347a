package org.normfree.core.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainJsonTest {
  private static final Map<String, Object> VALUES = new HashMap<>();

  static {
    VALUES.put("text", "a \"quoted\" ü\n");
    VALUES.put("nothing", null);
    VALUES.put("whole", Long.MAX_VALUE);
    VALUES.put("fraction", 1e-4);
    VALUES.put("truth", true);
    VALUES.put("list", List.of(1, 2.5, "x", List.of(), Map.of("deep", false)));
    VALUES.put("empty", Map.of());
  }

  @Test
  void anObjectIsReadAsTheMapperReadsIt() throws JsonProcessingException {
    String text = Json.line(VALUES);
    assertThat(PlainJson.object(text.getBytes(UTF_8)).orElseThrow().toString())
        .isEqualTo(Json.MAPPER.readValue(text, Map.class).toString());
    assertThat(PlainJson.object(Json.pretty(VALUES)).orElseThrow())
        .isEqualTo(PlainJson.object(text.getBytes(UTF_8)).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1]", "1", "\"x\"", "null", "true"})
  void whatIsNoObjectIsNone(String text) throws JsonProcessingException {
    assertThat(PlainJson.object(text.getBytes(UTF_8))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"a\"",
        "{\"a\":}",
        "{\"a\": 1",
        "{\"a\": [1, 2}",
        "{\"a\": 1}}",
        "{\"a\": 1} {}",
        "{\"a\": 1, \"a\": 2}",
        "{\"a\": NaN}",
        "{a: 1}",
        "{\"a\": 1,}"
      })
  void whatIsNoJsonIsRefused(String text) {
    assertThatThrownBy(() -> PlainJson.object(text.getBytes(UTF_8)))
        .isInstanceOf(JsonProcessingException.class);
  }
}
