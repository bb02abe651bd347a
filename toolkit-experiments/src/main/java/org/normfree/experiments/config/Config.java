package org.normfree.experiments.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;
import org.normfree.core.record.Json;

/**
 * The resolved settings of one run of one experiment: a value for every key of its schema, taken
 * from the defaults, then a file, then the arguments, the later winning. Immutable.
 */
public final class Config {
  /** Name under which {@link #toMap} tells the experiment. */
  public static final String EXPERIMENT = "experiment";

  private static final int LARGEST_FILE = 1_000_000;

  private final String experiment;
  private final Map<String, Key<?>> keys;
  private final Map<String, Object> values;

  /** Names of the keys that arguments gave. */
  private final Set<String> given;

  private Config(
      String experiment, Map<String, Key<?>> keys, Map<String, Object> values, Set<String> given) {
    this.experiment = experiment;
    this.keys = keys;
    this.values = values;
    this.given = given;
  }

  /**
   * The settings as they are by default.
   *
   * @param experiment the experiment's name
   * @param schema its keys, in the order they are listed to the user
   * @return the defaults
   */
  public static Config defaults(String experiment, List<Key<?>> schema) {
    Map<String, Key<?>> keys = new LinkedHashMap<>();
    Map<String, Object> values = new TreeMap<>();
    for (Key<?> key : schema) {
      if (keys.put(key.name(), key) != null) {
        throw new IllegalArgumentException(
            "experiment %s has the key %s twice".formatted(experiment, key));
      }
      values.put(key.name(), key.defaultValue());
    }
    return new Config(experiment, keys, values, Set.of());
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
      config = config.with(name, assignment.substring(equals + 1), "");
      given.add(name);
    }
    return new Config(experiment, config.keys, config.values, Set.copyOf(given));
  }

  /**
   * @param <T> the value's type
   * @param key a key of this configuration's schema
   * @return its value
   * @throws IllegalArgumentException if the schema lacks the key
   */
  @SuppressWarnings("unchecked") // put there by the key of that name, whose type is the same
  public <T> T get(Key<T> key) {
    return (T) values.get(known(key).name());
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
    return with(known(key).name(), key.text(value), "");
  }

  /**
   * The same settings for another experiment, as a sweep needs them for one of its runs: keys that
   * both have keep their values, others have their defaults.
   *
   * @param experiment the other experiment's name
   * @param schema the other experiment's keys
   * @return its settings
   */
  public Config forExperiment(String experiment, List<Key<?>> schema) {
    Config other = defaults(experiment, schema);
    Map<String, Object> merged = new TreeMap<>(other.values);
    merged.replaceAll((name, value) -> values.getOrDefault(name, value));
    return new Config(experiment, other.keys, merged, given);
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
    return keys.containsKey(key.name());
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
    Key<?> own = known(key);
    return !own.defaultValue().equals(values.get(own.name()));
  }

  /** What differs from the experiment's defaults, as {@code key=value}, in the schema's order. */
  public List<String> overrides() {
    return keys.values().stream()
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
    keys.values().forEach(key -> map.put(key.name(), jsonOf(key)));
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
    keys.values().stream().filter(key -> !key.identity()).forEach(key -> map.remove(key.name()));
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
   * Compares with what another {@link #toMap} wrote, leaving out {@link Key#schedulingOnly} keys.
   *
   * @param stored the other settings
   * @return a word on each differing key, as in {@code "lr is 0.01 there, 0.02 here"}; empty if
   *     both are the same run
   */
  public List<String> differencesFrom(JsonNode stored) {
    JsonNode own = Json.MAPPER.valueToTree(toMap());
    Set<String> names = new TreeSet<>();
    own.fieldNames().forEachRemaining(names::add);
    stored.fieldNames().forEachRemaining(names::add);
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      Key<?> key = keys.get(name);
      if (key != null && !key.identity()) {
        continue;
      }
      String there = stored.has(name) ? plain(stored.get(name)) : "absent";
      String here = own.has(name) ? plain(own.get(name)) : "absent";
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
        .map(key -> key.name() + "=" + textOf(known(key)))
        .collect(Collectors.joining(" "));
  }

  /**
   * @param others keys, which this configuration's schema need not have
   * @return its values by name, without theirs
   */
  public Map<String, Object> valuesBesides(Set<Key<?>> others) {
    Map<String, Object> rest = new HashMap<>(values);
    others.forEach(key -> rest.remove(key.name()));
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
    Set<String> names = others.stream().map(Key::name).collect(Collectors.toSet());
    return keys.values().stream().filter(key -> !names.contains(key.name()));
  }

  @Override
  public String toString() {
    return Json.line(toMap());
  }

  private Config withFile(Path file) {
    JsonNode root = read(file);
    Config config = this;
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      String name = entry.getKey();
      if (name.equals(EXPERIMENT)) {
        String other = entry.getValue().asText();
        if (!other.equals(experiment)) {
          throw new InputException(
              "%s holds settings of the experiment %s, not of %s: run that one or choose another file"
                  .formatted(file, other, experiment));
        }
      } else {
        String where = " (in %s)".formatted(file);
        Key<?> key = config.key(name, where);
        config = config.with(name, flat(name, entry.getValue(), key.isList(), where), where);
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

  private static JsonNode read(Path file) {
    JsonNode root;
    try {
      root =
          Json.MAPPER
              .reader()
              .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
              .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readTree(small(file));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
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
    if (!root.isObject()) {
      throw new InputException(
          "%s: expected one JSON object {\"key\": value, ...}".formatted(file));
    }
    return root;
  }

  private static String flat(String name, JsonNode value, boolean list, String where) {
    if (value.isArray() && list) {
      StringJoiner items = new StringJoiner(",");
      value.forEach(item -> items.add(flat(name, item, false, where)));
      return items.toString();
    }
    if (!value.isValueNode() || value.isNull()) {
      throw new InputException(
          "%s=%s%s: expected a number, a text, true or false%s"
              .formatted(name, value, where, list ? ", or a list of these" : ""));
    }
    return value.asText();
  }

  private Config with(String name, String text, String where) {
    Key<?> key = key(name, where);
    Object value;
    try {
      value = key.parse(text);
    } catch (InputException e) {
      throw where.isEmpty() ? e : new InputException(e.getMessage() + where, e);
    }
    Map<String, Object> changed = new TreeMap<>(values);
    changed.put(name, value);
    return new Config(experiment, keys, changed, given);
  }

  private Key<?> key(String name, String where) {
    Key<?> key = keys.get(name);
    if (key == null) {
      throw new InputException(
          "unknown key '%s'%s, %s (\"toolkit run %s --help\" tells more)"
              .formatted(name, where, Suggestion.forName(name, keys.keySet()), experiment));
    }
    return key;
  }

  private Key<?> known(Key<?> key) {
    Key<?> own = keys.get(key.name());
    if (own == null) {
      throw new IllegalArgumentException(
          "experiment %s has no key %s: add it to its keys()".formatted(experiment, key));
    }
    return own;
  }

  private String example() {
    return keys.values().stream()
        .findFirst()
        .map(key -> key.name() + "=" + textOf(key))
        .orElse("key=value");
  }

  @SuppressWarnings("unchecked")
  private <T> String textOf(Key<T> key) {
    return key.text((T) values.get(key.name()));
  }

  @SuppressWarnings("unchecked")
  private <T> Object jsonOf(Key<T> key) {
    return key.json((T) values.get(key.name()));
  }

  private static String plain(JsonNode value) {
    return value.isTextual() && !value.asText().isEmpty() ? value.asText() : value.toString();
  }
}
