package org.normfree.experiments.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;
import org.normfree.core.record.Json;
import org.normfree.core.record.PlainJson;

/**
 * The resolved settings of one run of one experiment: a value for every key of its schema, taken
 * from the defaults, then a file, then the arguments, the later winning. Immutable.
 */
public final class Config {
  /** Name under which {@link #toMap} tells the experiment. */
  public static final String EXPERIMENT = "experiment";

  private static final int LARGEST_FILE = 1_000_000;

  private final String experiment;
  private final Names names;

  /** In the keys' order: a study changes some keys for each of some hundred runs. */
  private final Object[] values;

  /** Names of the keys that arguments gave. */
  private final Set<String> given;

  private Config(String experiment, Names names, Object[] values, Set<String> given) {
    this.experiment = experiment;
    this.names = names;
    this.values = values;
    this.given = given;
  }

  /**
   * Where the keys stand.
   *
   * @param keys in the order they are listed to the user
   * @param places the place of each name among them
   */
  private record Names(List<Key<?>> keys, Map<String, Integer> places) {}

  /**
   * The settings as they are by default.
   *
   * @param experiment the experiment's name
   * @param schema its keys, in the order they are listed to the user
   * @return the defaults
   */
  public static Config defaults(String experiment, List<Key<?>> schema) {
    Map<String, Integer> places = new HashMap<>();
    Object[] values = new Object[schema.size()];
    for (Key<?> key : schema) {
      int place = places.size();
      if (places.put(key.name(), place) != null) {
        throw new IllegalArgumentException(
            "experiment %s has the key %s twice".formatted(experiment, key));
      }
      values[place] = key.defaultValue();
    }
    return new Config(experiment, new Names(List.copyOf(schema), places), values, Set.of());
  }

  /**
   * Resolves defaults, then a file, then arguments.
   *
   * @param experiment the experiment's name
   * @param schema its keys, in the order they are listed to the user
   * @param file a flat JSON object of keys and values, for example another run's {@code
   *     config.json}
   * @param assignments arguments of the form {@code key=value}; of two for one key the last counts
   * @return the resolved settings
   * @throws InputException if the file cannot be read, a key is unknown or a value is not one of
   *     its key's
   */
  public static Config resolve(
      String experiment, List<Key<?>> schema, Optional<Path> file, List<String> assignments) {
    Config config = defaults(experiment, schema);
    if (file.isPresent()) {
      config = config.withFile(file.get());
    }
    Set<String> given = new HashSet<>();
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      if (equals <= 0) {
        throw new InputException(
            "\"%s\" is no setting: expected key=value, as in %s"
                .formatted(assignment, config.example()));
      }
      String name = assignment.substring(0, equals).strip();
      config = config.with(config.place(name, ""), assignment.substring(equals + 1), "");
      given.add(name);
    }
    return new Config(experiment, config.names, config.values, Set.copyOf(given));
  }

  /**
   * @param <T> the value's type
   * @param key a key of this configuration's schema
   * @return its value
   * @throws IllegalArgumentException if the schema lacks the key
   */
  @SuppressWarnings("unchecked") // put there by the key of that name, whose type is the same
  public <T> T get(Key<T> key) {
    return (T) values[place(key)];
  }

  /**
   * @param <T> the value's type
   * @param key a key of this configuration's schema
   * @param value another value
   * @return these settings with that value
   * @throws IllegalArgumentException if the schema lacks the key
   * @throws InputException if the key does not take the value
   */
  public <T> Config with(Key<T> key, T value) {
    int place = place(key);
    return value.equals(values[place]) ? this : with(place, key.text(value), "");
  }

  /**
   * The same settings for another experiment, as a sweep needs them for one of its runs: keys that
   * both have keep their values, others have their defaults.
   *
   * @param defaults the other experiment's {@linkplain #defaults defaults}
   * @return its settings
   */
  public Config forExperiment(Config defaults) {
    Object[] other = defaults.values.clone();
    for (int place = 0; place < other.length; place++) {
      Integer own = names.places.get(defaults.names.keys.get(place).name());
      if (own != null) {
        other[place] = values[own];
      }
    }
    return new Config(defaults.experiment, defaults.names, other, given);
  }

  /** The experiment these settings are for. */
  public String experiment() {
    return experiment;
  }

  /**
   * @param key a key
   * @return whether the schema has a key of that name
   */
  public boolean has(Key<?> key) {
    return names.places.containsKey(key.name());
  }

  /**
   * @param key a key
   * @return whether an argument gave it, and neither its default nor a file
   */
  public boolean isGiven(Key<?> key) {
    return given.contains(key.name());
  }

  /**
   * @param key a key of this configuration's schema
   * @return whether its value is another than the experiment's default
   */
  public boolean isChanged(Key<?> key) {
    int place = place(key);
    return !names.keys.get(place).defaultValue().equals(values[place]);
  }

  /** What differs from the experiment's defaults, as {@code key=value}, in the schema's order. */
  public List<String> overrides() {
    return names.keys.stream()
        .filter(this::isChanged)
        .map(key -> key.name() + "=" + textOf(key))
        .toList();
  }

  /**
   * The content of {@code config.json}: every key, and the experiment's name under {@link
   * #EXPERIMENT}.
   *
   * @return keys in alphabetical order with numbers, booleans, strings and lists
   */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new TreeMap<>();
    names.keys.forEach(key -> map.put(key.name(), jsonOf(key)));
    map.put(EXPERIMENT, experiment);
    return map;
  }

  /**
   * A fingerprint of what the run computes: equal for equal settings on any machine, blind to
   * {@link Key#schedulingOnly} keys.
   *
   * @return 16 hexadecimal digits, the start of a SHA-256
   */
  public String hash() {
    Map<String, Object> map = toMap();
    names.keys.stream().filter(key -> !key.identity()).forEach(key -> map.remove(key.name()));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(Json.line(map).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Compares with what another {@link #toMap} gave, leaving out {@link Key#schedulingOnly} keys.
   *
   * @param others the other settings
   * @return a word on each differing key, as in {@code "lr is 0.01 there, 0.02 here"}; empty if
   *     both are the same run
   */
  public List<String> differencesFrom(Map<String, ?> others) {
    Map<String, Object> own = toMap();
    Set<String> all = new TreeSet<>(own.keySet());
    all.addAll(others.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : all) {
      Integer place = names.places.get(name);
      if (place != null && !names.keys.get(place).identity()) {
        continue;
      }
      String there = plain(others.get(name));
      String here = plain(own.get(name));
      if (!there.equals(here)) {
        differences.add("%s is %s there, %s here".formatted(name, there, here));
      }
    }
    return differences;
  }

  /**
   * @param some keys of this configuration's schema
   * @return their values as {@code key=value}, with spaces between
   */
  public String assignments(List<Key<?>> some) {
    return some.stream()
        .map(key -> key.name() + "=" + textOf(names.keys.get(place(key))))
        .collect(Collectors.joining(" "));
  }

  /**
   * @param others keys, which this configuration's schema need not have
   * @return its values in the keys' order, with nothing in the place of theirs
   */
  public List<Object> valuesBesides(Set<Key<?>> others) {
    // without a stream, which is 15 ms before the first line of a study of some hundred runs
    List<Object> rest = new ArrayList<>(Arrays.asList(values));
    for (Key<?> key : others) {
      Integer place = names.places.get(key.name());
      if (place != null) {
        rest.set(place, "");
      }
    }
    return rest;
  }

  /**
   * @param others keys, which this configuration's schema need not have
   * @return whether all the others have the experiment's defaults
   */
  public boolean isDefaultBesides(Set<Key<?>> others) {
    return besides(others).noneMatch(this::isChanged);
  }

  private Stream<Key<?>> besides(Set<Key<?>> others) {
    Set<String> without = others.stream().map(Key::name).collect(Collectors.toSet());
    return names.keys.stream().filter(key -> !without.contains(key.name()));
  }

  @Override
  public String toString() {
    return Json.line(toMap());
  }

  private Config withFile(Path file) {
    Config config = this;
    for (Map.Entry<String, Object> entry : read(file).entrySet()) {
      String name = entry.getKey();
      if (name.equals(EXPERIMENT)) {
        String other = String.valueOf(entry.getValue());
        if (!other.equals(experiment)) {
          throw new InputException(
              "%s holds settings of the experiment %s, not of %s: run that one or choose another file"
                  .formatted(file, other, experiment));
        }
      } else {
        String where = " (in %s)".formatted(file);
        int place = config.place(name, where);
        boolean list = names.keys.get(place).isList();
        config = config.with(place, flat(name, entry.getValue(), list, where), where);
      }
    }
    return config;
  }

  /** A pipe is as good as a file, but one of either that does not end is not. */
  private static byte[] small(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] text = in.readNBytes(LARGEST_FILE + 1);
      if (text.length > LARGEST_FILE) {
        throw new InputException(
            "%s holds more than 1 MB: expected settings as one JSON object {\"key\": value, ...}"
                .formatted(file));
      }
      return text;
    }
  }

  private static Map<String, Object> read(Path file) {
    try {
      return PlainJson.object(small(file))
          .orElseThrow(
              () ->
                  new InputException(
                      "%s: expected one JSON object {\"key\": value, ...}".formatted(file)));
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s is not valid JSON (%s, line %s): expected {\"key\": value, ...}"
              .formatted(
                  file,
                  e.getOriginalMessage(),
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr()),
          e);
    } catch (IOException e) {
      throw new InputException(
          "cannot read the settings file %s: check that it exists and is readable".formatted(file),
          e);
    }
  }

  private static String flat(String name, Object value, boolean list, String where) {
    if (value instanceof List<?> items && list) {
      return items.stream()
          .map(item -> flat(name, item, false, where))
          .collect(Collectors.joining(","));
    }
    if (value == null || value instanceof Map || value instanceof List) {
      throw new InputException(
          "%s=%s%s: expected a number, a text, true or false%s"
              .formatted(name, Json.line(value), where, list ? ", or a list of these" : ""));
    }
    return value.toString();
  }

  private Config with(int place, String text, String where) {
    Key<?> key = names.keys.get(place);
    Object value;
    try {
      value = key.parse(text);
    } catch (InputException e) {
      throw where.isEmpty() ? e : new InputException(e.getMessage() + where, e);
    }
    Object[] changed = values.clone();
    changed[place] = value;
    return new Config(experiment, names, changed, given);
  }

  /** Where a key of this name stands that somebody typed. */
  private int place(String name, String where) {
    Integer place = names.places.get(name);
    if (place == null) {
      List<String> known = names.keys.stream().map(Key::name).toList();
      throw new InputException(
          "unknown key '%s'%s, %s (\"toolkit run %s --help\" tells more)"
              .formatted(name, where, Suggestion.forName(name, known), experiment));
    }
    return place;
  }

  private int place(Key<?> key) {
    Integer place = names.places.get(key.name());
    if (place == null) {
      throw new IllegalArgumentException(
          "experiment %s has no key %s: add it to its keys()".formatted(experiment, key));
    }
    return place;
  }

  private String example() {
    return names.keys.stream()
        .findFirst()
        .map(key -> key.name() + "=" + textOf(key))
        .orElse("key=value");
  }

  private <T> String textOf(Key<T> key) {
    return key.text(get(key));
  }

  private <T> Object jsonOf(Key<T> key) {
    return key.json(get(key));
  }

  private static String plain(Object value) {
    if (value == null) {
      return "absent";
    }
    return value.equals("") ? "\"\"" : value.toString();
  }
}
