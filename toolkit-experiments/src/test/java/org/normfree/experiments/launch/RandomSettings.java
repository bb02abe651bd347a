package org.normfree.experiments.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.normfree.experiments.config.Key;

/** Assignments of some keys at random, of which many fit and some do not. */
final class RandomSettings {
  private static final List<String> NUMBERS =
      List.of("0", "1", "2", "3", "4", "5", "8", "12", "16", "24", "32", "48", "0.1", "0.5", "1.5");

  private final Random random;

  RandomSettings(long seed) {
    random = new Random(seed);
  }

  /** One to four of the keys. */
  List<String> of(List<Key<?>> keys) {
    List<String> settings = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      Key<?> key = any(keys);
      settings.add(key.name() + "=" + value(key));
    }
    return settings.stream().distinct().toList();
  }

  private String value(Key<?> key) {
    if (!key.names().isEmpty()) {
      return any(key.names());
    }
    if (key.isList()) {
      List<String> items = key.items().isEmpty() ? NUMBERS : key.items();
      return IntStream.rangeClosed(0, random.nextInt(3))
          .mapToObj(i -> any(items))
          .distinct()
          .collect(Collectors.joining(","));
    }
    return random.nextInt(6) == 0 ? any(List.of("true", "false", "auto")) : any(NUMBERS);
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
