package org.normfree.experiments.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of an experiment, in the order they are listed to the user. Made from those that others
 * share, without some, with other defaults, and with some of one's own.
 *
 * @param keys the keys, of distinct names
 */
public record Schema(List<Key<?>> keys) {
  /** Copies the list; of two keys of one name the later one stands, in the earlier one's place. */
  public Schema {
    Map<String, Key<?>> byName = new LinkedHashMap<>();
    keys.forEach(key -> byName.put(key.name(), key));
    keys = List.copyOf(byName.values());
  }

  /**
   * @param parts groups of keys
   * @return all of them
   */
  @SafeVarargs
  public static Schema of(Collection<? extends Key<?>>... parts) {
    List<Key<?>> all = new ArrayList<>();
    for (Collection<? extends Key<?>> part : parts) {
      all.addAll(part);
    }
    return new Schema(all);
  }

  /**
   * @param more keys
   * @return these keys and, in front of them, those
   */
  public Schema after(Key<?>... more) {
    List<Key<?>> all = new ArrayList<>(List.of(more));
    all.addAll(keys);
    return new Schema(all);
  }

  /**
   * @param more keys
   * @return these keys and, behind them, those
   */
  public Schema with(Key<?>... more) {
    List<Key<?>> all = new ArrayList<>(keys);
    all.addAll(List.of(more));
    return new Schema(all);
  }

  /**
   * @param others keys to leave out
   * @return the rest
   * @throws IllegalArgumentException if one is not among these
   */
  public Schema without(Key<?>... others) {
    List<Key<?>> rest = new ArrayList<>(keys);
    for (Key<?> other : others) {
      require(other);
      rest.removeIf(key -> key.name().equals(other.name()));
    }
    return new Schema(rest);
  }

  /**
   * @param <T> the key's type
   * @param key one of these keys
   * @param value another default
   * @return these keys with that default
   * @throws IllegalArgumentException if it is not among these
   */
  public <T> Schema withDefault(Key<T> key, T value) {
    require(key);
    List<Key<?>> all = new ArrayList<>(keys);
    all.replaceAll(own -> own.name().equals(key.name()) ? key.withDefault(value) : own);
    return new Schema(all);
  }

  private void require(Key<?> key) {
    if (keys.stream().noneMatch(own -> own.name().equals(key.name()))) {
      throw new IllegalArgumentException("the schema has no key " + key.name());
    }
  }
}
