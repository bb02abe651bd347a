package org.normfree.core.train;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.optim.HostBuffer;
import org.normfree.core.record.Json;

/**
 * Reads and writes named arrays in the safetensors format (github huggingface/safetensors): eight
 * bytes of header length, little-endian; a JSON header that gives each array's type, shape and
 * place, padded with spaces to a multiple of eight; the arrays, row-major, little-endian, without
 * gaps. Types: F32, F64, I64.
 *
 * <p>Arrays are written by type, widest first, and then by name, as the Python library does, so
 * equal arrays give equal bytes.
 */
public final class Safetensors {
  private static final int BUFFER = 1 << 16;
  private static final int MAX_HEADER = 100_000_000;
  private static final String METADATA = "__metadata__";

  /** Of two arrays of one name, or text behind the header, nothing is passed over. */
  private static final ObjectReader STRICT =
      Json.MAPPER
          .reader()
          .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private enum Type {
    // in the order in which the Python library writes them
    I64(DataType.INT64, 8),
    F64(DataType.DOUBLE, 8),
    F32(DataType.FLOAT, 4);

    private final DataType type;
    private final int bytes;

    Type(DataType type, int bytes) {
      this.type = type;
      this.bytes = bytes;
    }

    static Type of(String name, DataType type) {
      return Arrays.stream(values())
          .filter(t -> t.type == type)
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "%s is %s; only FLOAT, DOUBLE and INT64 can be written"
                          .formatted(name, type)));
    }
  }

  private record Entry(String name, Type type, long[] shape, long begin, long end) {}

  private Safetensors() {}

  /**
   * @param out where to write; left open
   * @param arrays the arrays by name: FLOAT, DOUBLE or INT64
   * @throws IOException if writing fails
   * @throws IllegalArgumentException if an array has another type
   */
  public static void write(OutputStream out, Map<String, INDArray> arrays) throws IOException {
    List<Map.Entry<String, INDArray>> sorted = new ArrayList<>(arrays.entrySet());
    sorted.sort(
        Comparator.comparing(
                (Map.Entry<String, INDArray> e) -> Type.of(e.getKey(), e.getValue().dataType()))
            .thenComparing(Map.Entry::getKey));
    ObjectNode header = Json.MAPPER.createObjectNode();
    long offset = 0;
    for (Map.Entry<String, INDArray> e : sorted) {
      Type type = Type.of(e.getKey(), e.getValue().dataType());
      ObjectNode entry = header.putObject(e.getKey());
      entry.put("dtype", type.name());
      ArrayNode shape = entry.putArray("shape");
      Arrays.stream(e.getValue().shape()).forEach(shape::add);
      ArrayNode offsets = entry.putArray("data_offsets").add(offset);
      offset += e.getValue().length() * type.bytes;
      offsets.add(offset);
    }
    byte[] json = Json.line(header).getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(padded.length).array());
    out.write(padded);
    for (Map.Entry<String, INDArray> e : sorted) {
      write(out, e.getValue());
    }
  }

  private static void write(OutputStream out, INDArray array) throws IOException {
    if (array.isEmpty()) {
      return;
    }
    INDArray rowMajor = HostBuffer.rowMajor(array);
    ByteBuffer source = HostBuffer.bytes(rowMajor);
    byte[] block = new byte[BUFFER];
    while (source.hasRemaining()) {
      int n = Math.min(block.length, source.remaining());
      source.get(block, 0, n);
      out.write(block, 0, n);
    }
  }

  /**
   * @param file a file in the format
   * @return its arrays by name, in the file's order
   * @throws InputException if the file cannot be read, is cut off, is not in the format, or has
   *     arrays of another type than F32, F64 and I64
   */
  public static Map<String, INDArray> read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      ByteBuffer head = read(file, channel, 0, Math.min(8, size));
      require(file, size >= 8, "the file has %d bytes, expected at least 8", size);
      long length = head.getLong();
      require(
          file,
          length >= 2 && length <= MAX_HEADER && length <= size - 8,
          "its header claims %d bytes, the file has %d",
          length,
          size);
      byte[] header = read(file, channel, 8, length).array();
      Map<String, INDArray> arrays = new LinkedHashMap<>();
      long next = 0;
      for (Entry entry : entries(file, header)) {
        require(
            file,
            entry.begin() == next && entry.end() <= size - 8 - length,
            "%s stands at bytes %d to %d, expected a start at %d and %d bytes of data in all",
            entry.name(),
            entry.begin(),
            entry.end(),
            next,
            size - 8 - length);
        next = entry.end();
        ByteBuffer data =
            read(file, channel, 8 + length + entry.begin(), entry.end() - entry.begin());
        INDArray array = Nd4j.create(entry.type().type, entry.shape(), 'c');
        if (!array.isEmpty()) {
          HostBuffer.bytes(array).put(data);
          HostBuffer.written(array);
        }
        arrays.put(entry.name(), array);
      }
      require(
          file,
          next == size - 8 - length,
          "its arrays take %d bytes, but %d follow the header",
          next,
          size - 8 - length);
      return arrays;
    } catch (IOException e) {
      throw new InputException(
          "cannot read %s (%s); give a readable safetensors file".formatted(file, e), e);
    }
  }

  private static List<Entry> entries(Path file, byte[] header) {
    JsonNode root;
    try {
      root = STRICT.readTree(text(file, header));
    } catch (JsonProcessingException e) {
      throw wrong(file, "its header is not JSON (%s)".formatted(e.getOriginalMessage()), e);
    }
    require(file, root.isObject(), "its header is not a JSON object");
    List<Entry> entries = new ArrayList<>();
    root.properties()
        .forEach(
            property -> {
              if (property.getKey().equals(METADATA)) {
                require(
                    file,
                    property.getValue().isObject()
                        && property.getValue().valueStream().allMatch(JsonNode::isTextual),
                    "its %s is not an object of texts",
                    METADATA);
              } else {
                entries.add(entry(file, property.getKey(), property.getValue()));
              }
            });
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    return entries;
  }

  private static String text(Path file, byte[] header) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header)).toString();
    } catch (CharacterCodingException e) {
      throw wrong(file, "its header is not UTF-8", e);
    }
  }

  private static Entry entry(Path file, String name, JsonNode node) {
    String typeName = node.path("dtype").asText();
    Type type =
        Arrays.stream(Type.values())
            .filter(t -> t.name().equals(typeName))
            .findFirst()
            .orElseThrow(
                () ->
                    wrong(
                        file,
                        "%s has type %s, expected F32, F64 or I64".formatted(name, typeName),
                        null));
    long[] shape = longs(file, name, node.path("shape"));
    long[] offsets = longs(file, name, node.path("data_offsets"));
    require(file, offsets.length == 2, "%s has no place", name);
    double elements = 1;
    for (long d : shape) {
      require(file, d >= 0, "%s has the shape %s", name, Arrays.toString(shape));
      elements *= (double) d;
    }
    require(
        file,
        elements * type.bytes == (double) (offsets[1] - offsets[0])
            && offsets[1] - offsets[0] <= Integer.MAX_VALUE,
        "%s of shape %s has %d bytes",
        name,
        Arrays.toString(shape),
        offsets[1] - offsets[0]);
    return new Entry(name, type, shape, offsets[0], offsets[1]);
  }

  private static long[] longs(Path file, String name, JsonNode node) {
    require(file, node.isArray(), "%s has no shape or place", name);
    long[] values = new long[node.size()];
    for (int i = 0; i < values.length; i++) {
      require(
          file,
          node.get(i).isIntegralNumber()
              && node.get(i).canConvertToLong()
              && node.get(i).asLong() >= 0,
          "%s is ill-formed",
          name);
      values[i] = node.get(i).asLong();
    }
    return values;
  }

  private static ByteBuffer read(Path file, FileChannel channel, long position, long length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      int n = channel.read(buffer, position + buffer.position());
      require(file, n > 0, "it ends before byte %d", position + length);
    }
    return buffer.flip();
  }

  private static void require(Path file, boolean condition, String what, Object... values) {
    if (!condition) {
      throw wrong(file, String.format(Locale.ROOT, what, values), null);
    }
  }

  private static InputException wrong(Path file, String what, Exception cause) {
    return new InputException(
        "%s is not a whole safetensors file: %s; write or fetch it anew".formatted(file, what),
        cause);
  }
}
