package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.record.Json;

/**
 * One case of a file of golden vectors, in one type: gives out what a computation needs, compares
 * what it gives, and remembers both, so that no value of a file is overlooked. A value inside
 * another is named by its path, {@code weights/norm.bias} or {@code train/0/x}.
 */
public final class GoldenCase {
  private static final Set<String> TENSOR = Set.of("shape", "data");

  private final JsonNode node;
  private final DataType type;
  private final double tolerance;
  private final String prefix;
  private final Tally tally;

  /** What all views of one case share. */
  private static final class Tally {
    private final Set<String> used = new LinkedHashSet<>();
    private final String kind;
    private int tensors;
    private double worst;

    Tally(String kind) {
      this.kind = kind;
    }
  }

  GoldenCase(JsonNode node, DataType type, double tolerance) {
    this(node, type, tolerance, "", new Tally(node.path("kind").asText()));
    tally.used.add("kind");
  }

  private GoldenCase(JsonNode node, DataType type, double tolerance, String prefix, Tally tally) {
    this.node = node;
    this.type = type;
    this.tolerance = tolerance;
    this.prefix = prefix;
    this.tally = tally;
  }

  /** What is computed. */
  public String kind() {
    return tally.kind;
  }

  /** The type to compute in. */
  public DataType type() {
    return type;
  }

  /** A part of this case, whose paths begin there. */
  public GoldenCase at(String path) {
    return new GoldenCase(node(path), type, tolerance, prefix + path + "/", tally);
  }

  /** Whether there is such a value. */
  public boolean has(String path) {
    return !find(path).isMissingNode();
  }

  /** Length of a list. */
  public int size(String path) {
    return node(path).size();
  }

  /** Names in an object; the case's own for the empty path. */
  public List<String> names(String path) {
    List<String> names = new ArrayList<>();
    node(path).fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** A tensor in this case's type; a plain number is one of shape [1], a list one of rank 1. */
  public INDArray tensor(String path) {
    use(path);
    return read(path).castTo(type);
  }

  /** A number in full precision. */
  public double number(String path) {
    use(path);
    JsonNode number = node(path);
    assertThat(number.isNumber()).as(prefix + path).isTrue();
    return number.asDouble();
  }

  /** An integer. */
  public int integer(String path) {
    use(path);
    JsonNode number = node(path);
    assertThat(number.canConvertToInt()).as(prefix + path).isTrue();
    return number.asInt();
  }

  /** True or false. */
  public boolean flag(String path) {
    use(path);
    assertThat(node(path).isBoolean()).as(prefix + path).isTrue();
    return node(path).asBoolean();
  }

  /** A word. */
  public String text(String path) {
    use(path);
    assertThat(node(path).isTextual()).as(prefix + path).isTrue();
    return node(path).asText();
  }

  /** A list of words. */
  public List<String> texts(String path) {
    use(path);
    return Arrays.asList(Json.MAPPER.convertValue(node(path), String[].class));
  }

  /** A tensor's or a list's numbers in full precision. */
  public double[] numbers(String path) {
    use(path);
    return read(path).dup('c').data().asDouble();
  }

  /** A tensor's or a list's numbers as integers. */
  public int[] integers(String path) {
    return Arrays.stream(numbers(path)).mapToInt(n -> (int) n).toArray();
  }

  /** Says that a value is not compared, and has no need to be. */
  public void ignore(String path) {
    use(path);
  }

  /** Compares relative to the tensor's largest entry, with the folder's tolerance. */
  public void compare(String path, INDArray actual) {
    compare(path, actual, tolerance);
  }

  /**
   * Compares relative to the tensor's largest entry.
   *
   * @param path of the expected numbers
   * @param actual of the same shape; a number's may be any of length 1
   * @param own tolerance in DOUBLE; in FLOAT it is never below the folder's
   */
  public void compare(String path, INDArray actual, double own) {
    compare(path, actual, own, largest(read(path)));
  }

  /**
   * Compares relative to a size.
   *
   * @param path of the expected numbers
   * @param actual of the same shape
   * @param own tolerance in DOUBLE; in FLOAT it is never below the folder's
   * @param size by which differences are divided
   */
  public void compare(String path, INDArray actual, double own, double size) {
    use(path);
    INDArray expected = read(path);
    if (expected.length() > 1 || actual.length() > 1) {
      assertThat(actual.shape()).as(prefix + path + ", shape").isEqualTo(expected.shape());
    }
    double[] wanted = expected.dup('c').data().asDouble();
    double[] got = actual.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    double error = 0;
    for (int i = 0; i < wanted.length; i++) {
      double difference = Math.abs(got[i] - wanted[i]);
      // NaN must not be lost in a maximum
      error = difference <= error ? error : difference;
    }
    double relative = size == 0 ? error : error / size;
    tally.tensors++;
    tally.worst = relative <= tally.worst ? tally.worst : relative;
    double allowed = type == DataType.DOUBLE ? own : Math.max(tolerance, own);
    assertThat(relative)
        .as("%s %s%s, error over its size", kind(), prefix, path)
        .isLessThanOrEqualTo(allowed);
  }

  /**
   * Compares relative to the largest entry of this and another tensor.
   *
   * @param path of the expected numbers
   * @param actual of the same shape
   * @param beside path of the other tensor
   */
  public void compareBeside(String path, INDArray actual, String beside) {
    double size = Math.max(largest(read(path)), largest(read(beside)));
    compare(path, actual, tolerance, size);
  }

  /** Compares a number, or a list or tensor given flat. */
  public void compareNumbers(String path, double... actual) {
    compare(path, Nd4j.createFromArray(actual).reshape(shape(path)));
  }

  /** The shape of a tensor. */
  public long[] shape(String path) {
    return read(path).shape();
  }

  /** Fails if a value was neither used nor compared. */
  void finish() {
    Set<String> left = new TreeSet<>();
    leaves(node, "", left);
    left.removeAll(tally.used);
    assertThat(left).as("values of %s that nobody looked at", kind()).isEmpty();
    assertThat(tally.tensors).as("tensors of %s that were compared", kind()).isPositive();
  }

  int tensors() {
    return tally.tensors;
  }

  double worst() {
    return tally.worst;
  }

  private static double largest(INDArray array) {
    return Arrays.stream(array.dup('c').data().asDouble()).map(Math::abs).max().orElse(0);
  }

  private void use(String path) {
    tally.used.add(prefix + path);
  }

  private JsonNode node(String path) {
    JsonNode found = find(path);
    if (found.isMissingNode()) {
      throw new AssertionError("a case has no " + prefix + path);
    }
    return found;
  }

  private JsonNode find(String path) {
    if (path.isEmpty()) {
      return node;
    }
    JsonNode found = node;
    for (String part : path.split("/", -1)) {
      found = found.isArray() ? found.path(Integer.parseInt(part)) : found.path(part);
    }
    return found;
  }

  private INDArray read(String path) {
    JsonNode value = node(path);
    if (value.isNumber()) {
      return Nd4j.createFromArray(value.asDouble());
    }
    boolean list = value.isArray();
    double[] data = Json.MAPPER.convertValue(list ? value : value.get("data"), double[].class);
    long[] shape =
        list
            ? new long[] {data.length}
            : Json.MAPPER.convertValue(value.get("shape"), long[].class);
    return Nd4j.createFromArray(data).reshape(shape);
  }

  private static void leaves(JsonNode node, String path, Set<String> into) {
    Set<String> names = new TreeSet<>();
    node.fieldNames().forEachRemaining(names::add);
    boolean leaf =
        node.isValueNode()
            || names.equals(TENSOR)
            || (node.isArray() && (node.isEmpty() || !node.get(0).isContainerNode()));
    if (leaf) {
      into.add(path);
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        leaves(node.get(i), path + (path.isEmpty() ? "" : "/") + i, into);
      }
    } else {
      names.forEach(n -> leaves(node.get(n), path + (path.isEmpty() ? "" : "/") + n, into));
    }
  }
}
