package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.record.Json;

/** What checks golden vectors must notice what is wrong, else it proves nothing. */
class GoldenFolderTest {
  private static final String TWICE =
      """
      {"kind": "twice", "x": {"shape": [2], "data": [1, -3]}, "steps": [{"y": {"shape": [2], "data": [2, -6]}}]}
      """;

  private static final GoldenFolder FOLDER =
      new GoldenFolder("none", 1e-11, 1e-4)
          .kind("twice", golden -> golden.at("steps/0").compare("y", golden.tensor("x").mul(2)));

  private static void check(String text) throws JsonProcessingException {
    JsonNode golden = Json.MAPPER.readTree(text);
    FOLDER.check(golden, DataType.DOUBLE);
    FOLDER.check(golden, DataType.FLOAT);
  }

  @Test
  void whatIsRightPasses() {
    assertThatCode(() -> check(TWICE)).doesNotThrowAnyException();
  }

  @Test
  void aChangedNumberIsNoticed() {
    assertThatThrownBy(() -> check(TWICE.replace("-6", "-6.001")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("steps/0/y");
    assertThatThrownBy(() -> check(TWICE.replace("-3", "\"NaN\"")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("steps/0/y");
  }

  @Test
  void anUnknownKindIsNoticed() {
    assertThatThrownBy(() -> check(TWICE.replace("twice", "thrice")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("thrice");
  }

  @Test
  void aValueThatNobodyLooksAtIsNoticed() {
    assertThatThrownBy(() -> check(TWICE.replace("\"steps\"", "\"dx\": 3, \"steps\"")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("dx");
  }
}
