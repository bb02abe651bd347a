package org.normfree.core.model.image;

import java.util.List;

/** Settings of image classifiers by the names under which a configuration has them. */
@FunctionalInterface
public interface ImageSettings {
  /**
   * @param name a setting's name, for example {@code mlp.ratio}
   * @return its value: an Integer, a Double, a String or a list of Integers
   */
  Object value(String name);

  /** An integer. */
  default int integer(String name) {
    return (Integer) value(name);
  }

  /** An integer, or another one in the place of 0. */
  default int integer(String name, int own) {
    int value = integer(name);
    return value == 0 ? own : value;
  }

  /** A number. */
  default double decimal(String name) {
    return (Double) value(name);
  }

  /** A word. */
  default String word(String name) {
    return (String) value(name);
  }

  /** A list of integers, or another one in the place of an empty one. */
  default List<Integer> integers(String name, List<Integer> own) {
    List<Integer> values = ((List<?>) value(name)).stream().map(Integer.class::cast).toList();
    return values.isEmpty() ? own : values;
  }
}
