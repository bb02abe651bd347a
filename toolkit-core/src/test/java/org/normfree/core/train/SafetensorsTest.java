package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

class SafetensorsTest {
  private static final String HEADER =
      "{\"step\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
          + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[8,16]},"
          + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[16,20]}}";

  @TempDir private Path folder;

  private static Map<String, INDArray> arrays() {
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    arrays.put("b", Nd4j.createFromArray(-2f));
    arrays.put("a", Nd4j.createFromArray(new float[][] {{1}, {0.5f}}));
    arrays.put("step", Nd4j.scalar(DataType.INT64, 258L));
    return arrays;
  }

  private static byte[] handMade(String header, int pad, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + json.length + pad + data.length).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length + pad).put(json).put(" ".repeat(pad).getBytes(StandardCharsets.UTF_8));
    return file.put(data).array();
  }

  private static byte[] data() {
    return ByteBuffer.allocate(20)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(258)
        .putFloat(1)
        .putFloat(0.5f)
        .putFloat(-2)
        .array();
  }

  private static byte[] written(Map<String, INDArray> arrays) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.write(out, arrays);
    return out.toByteArray();
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("x.safetensors"), content);
  }

  @Test
  void writesTheFormatsBytes() throws IOException {
    byte[] expected = handMade(HEADER, (8 - HEADER.length() % 8) % 8, data());
    assertThat(written(arrays())).containsExactly(expected);
  }

  @Test
  void readsHandMadeBytesWithMetadataAndAnyOrder() throws IOException {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"b\":{\"shape\":[1],\"data_offsets\":[16,20],\"dtype\":\"F32\"},"
            + HEADER.substring(1, HEADER.indexOf(",\"b\""))
            + "}";
    assertThat(Bits.of(Safetensors.read(file(handMade(header, 3, data())))))
        .isEqualTo(Bits.of(arrays()));
  }

  @Test
  void whatWasWrittenIsRead() throws IOException {
    Map<String, INDArray> arrays = arrays();
    INDArray matrix =
        Nd4j.createFromArray(new double[][] {{1, 2, 3}, {Double.NaN, 5, Double.MIN_VALUE}});
    arrays.put("columns", matrix.dup('f'));
    arrays.put("transposed", matrix.transpose());
    arrays.put("part", matrix.getColumn(1));
    arrays.put("long", Nd4j.arange(100_000).castTo(DataType.FLOAT));
    Map<String, INDArray> read = Safetensors.read(file(written(arrays)));
    assertThat(read.keySet())
        .containsExactly("step", "columns", "part", "transposed", "a", "b", "long");
    arrays.forEach(
        (name, array) -> {
          assertThat(read.get(name).shape()).containsExactly(array.shape());
          assertThat(read.get(name).dup('c').data().asDouble())
              .containsExactly(array.dup('c').data().asDouble());
        });
    assertThat(written(read)).containsExactly(written(arrays));
  }

  @Test
  void aHeaderThatIsNoUtf8IsRefused() throws IOException {
    String header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    byte[] bytes = handMade(header, 0, new byte[8]);
    bytes[10] = (byte) 0xFF;
    Path file = file(bytes);
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("its header is not UTF-8");
  }

  @Test
  void arraysWithoutElementsAreReadAndWritten() throws IOException {
    String header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"c\":{\"dtype\":\"F64\",\"shape\":[3,0,2],\"data_offsets\":[8,8]}}";
    Map<String, INDArray> read = Safetensors.read(file(handMade(header, 0, new byte[8])));
    assertThat(read.get("a").shape()).containsExactly(0);
    assertThat(read.get("b").shape()).containsExactly(2);
    assertThat(read.get("c").shape()).containsExactly(3, 0, 2);
    Map<String, INDArray> again = Safetensors.read(file(written(read)));
    assertThat(again.keySet()).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(again.get("c").shape()).containsExactly(3, 0, 2);
  }

  @Test
  void otherTypesAreRefused() throws IOException {
    assertThatThrownBy(() -> written(Map.of("x", Nd4j.createFromArray(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("INT");
    String half = "{\"x\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]}}";
    Path file = file(handMade(half, 0, new byte[2]));
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("F16");
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    byte[] whole = written(arrays());
    for (int length = 0; length < whole.length; length++) {
      Path file = file(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Safetensors.read(file))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("x.safetensors");
    }
    Path longer = file(Arrays.copyOf(whole, whole.length + 1));
    assertThatThrownBy(() -> Safetensors.read(longer)).isInstanceOf(InputException.class);
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> Safetensors.read(missing))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]",
        "{]",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8.5]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} x",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} {}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"__metadata__\":{\"a\":1},\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"__metadata__\":[],\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
      })
  void illFormedHeadersAreRefused(String header) throws IOException {
    Path file = file(handMade(header, 0, new byte[8]));
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not a whole safetensors file");
  }
}
