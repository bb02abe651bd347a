package org.normfree.benchmarks.peer;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.StringJoiner;
import java.util.stream.Stream;

/** Workloads as words: the record's name and its components, parted by colons. */
final class Words {
  private static final String SEPARATOR = ":";

  private Words() {}

  static String of(Record workload) {
    StringJoiner word = new StringJoiner(SEPARATOR);
    word.add(workload.getClass().getSimpleName());
    for (RecordComponent component : workload.getClass().getRecordComponents()) {
      try {
        word.add(String.valueOf(component.getAccessor().invoke(workload)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return word.toString();
  }

  /** Reads a record that implements a sealed interface. */
  static <W> W parse(Class<W> sealed, String word) {
    String[] parts = word.split(SEPARATOR, -1);
    Class<?> kind =
        records(sealed)
            .filter(type -> type.getSimpleName().equals(parts[0]))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("unknown workload '" + word + "'"));
    RecordComponent[] components = kind.getRecordComponents();
    if (parts.length != 1 + components.length) {
      throw new IllegalArgumentException(
          "the workload '%s' has %s numbers, expected %s"
              .formatted(word, parts.length - 1, components.length));
    }
    Object[] values = new Object[components.length];
    Arrays.setAll(
        values,
        i ->
            components[i].getType() == int.class
                ? (Object) Integer.valueOf(parts[1 + i])
                : parts[1 + i]);
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return sealed.cast(kind.getDeclaredConstructor(types).newInstance(values));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot read the workload '" + word + "'", e);
    }
  }

  private static Stream<Class<?>> records(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(Words::records)
        : Stream.of(type);
  }
}
