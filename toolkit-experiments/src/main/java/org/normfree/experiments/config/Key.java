package org.normfree.experiments.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;

/**
 * One setting: its name, type, default, meaning and what values it takes. A key is known by its
 * name alone, so an experiment may give a common key another default ({@link #withDefault}) and
 * still be read through the common one.
 *
 * @param <T> the type of the value
 */
public final class Key<T> {
  // Double.parseDouble also takes "1d", "0x1p3" and "NaN"
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");

  private static final boolean CHECKED = Key.class.desiredAssertionStatus();

  private static final String ALL = "all";
  private static final String AUTO = "auto";

  private final String name;
  private final Type<T> type;
  private final T defaultValue;
  private final String doc;
  private final boolean identity;

  /**
   * How a value is read, said and stored.
   *
   * @param expected the words after "expected", asked for only when needed
   * @param parse the value of a text; empty if the text is none
   * @param text the text that parses to the value again
   * @param json the value as it stands in {@code config.json}
   * @param names the allowed words; empty if values are not single words
   * @param items the allowed words of a list; empty if values are no lists of words
   */
  private record Type<T>(
      Supplier<String> expected,
      Function<String, Optional<T>> parse,
      Function<T, String> text,
      Function<T, Object> json,
      Supplier<List<String>> names,
      Supplier<List<String>> items) {
    Type(
        Supplier<String> expected,
        Function<String, Optional<T>> parse,
        Function<T, String> text,
        Function<T, Object> json,
        Supplier<List<String>> names) {
      this(expected, parse, text, json, names, List::of);
    }
  }

  private Key(String name, Type<T> type, T defaultValue, String doc, boolean identity) {
    this.name = name;
    this.type = type;
    this.defaultValue = defaultValue;
    this.doc = doc;
    this.identity = identity;
  }

  /**
   * @param name the key's name
   * @param defaultValue its default
   * @param doc one line about it
   * @return a key whose value is any text
   */
  public static Key<String> text(String name, String defaultValue, String doc) {
    return new Key<>(
        name,
        new Type<>(() -> "a text", Optional::of, text -> text, text -> text, List::of),
        defaultValue,
        doc,
        true);
  }

  /**
   * @param name the key's name
   * @param defaultValue its default
   * @param range the allowed integers
   * @param doc one line about it
   * @return a key whose value is an integer
   */
  public static Key<Integer> integer(String name, int defaultValue, Range range, String doc) {
    return checked(
        new Key<>(
            name,
            new Type<>(
                () -> "an integer" + range.words(),
                text -> number(text, Integer::valueOf).filter(n -> range.contains(n)),
                n -> Integer.toString(n),
                n -> n,
                List::of),
            defaultValue,
            doc,
            true));
  }

  /**
   * @param name the key's name
   * @param range the allowed integers
   * @param doc one line about it
   * @return a key whose value is an integer, or empty where it is left to the toolkit, written
   *     {@code auto}; empty by default
   */
  public static Key<OptionalInt> integerOrAuto(String name, Range range, String doc) {
    return new Key<>(
        name,
        new Type<>(
            () -> "auto or an integer" + range.words(),
            text ->
                text.equals(AUTO)
                    ? Optional.of(OptionalInt.empty())
                    : number(text, Integer::valueOf)
                        .filter(n -> range.contains(n))
                        .map(OptionalInt::of),
            value -> value.isPresent() ? Integer.toString(value.getAsInt()) : AUTO,
            value -> value.isPresent() ? (Object) value.getAsInt() : AUTO,
            List::of),
        OptionalInt.empty(),
        doc,
        true);
  }

  /**
   * @param name the key's name
   * @param defaultValue its default
   * @param range the allowed integers
   * @param doc one line about it
   * @return a key whose value is a 64-bit integer
   */
  public static Key<Long> longInteger(String name, long defaultValue, Range range, String doc) {
    return checked(
        new Key<>(
            name,
            new Type<>(
                () -> "an integer" + range.words(),
                text -> number(text, Long::valueOf).filter(n -> range.contains(n)),
                n -> Long.toString(n),
                n -> n,
                List::of),
            defaultValue,
            doc,
            true));
  }

  /**
   * @param name the key's name
   * @param defaultValue its default
   * @param range the allowed numbers
   * @param doc one line about it
   * @return a key whose value is a finite number
   */
  public static Key<Double> decimal(String name, double defaultValue, Range range, String doc) {
    return checked(
        new Key<>(
            name,
            new Type<>(
                () -> "a number" + range.words(),
                text -> decimal(text, range),
                Key::plain,
                n -> n,
                List::of),
            defaultValue,
            doc,
            true));
  }

  /**
   * @param name the key's name
   * @param defaultValue its default
   * @param range the allowed integers
   * @param doc one line about it
   * @return a key whose value is a list of at least one integer, written with commas
   */
  public static Key<List<Integer>> integers(
      String name, List<Integer> defaultValue, Range range, String doc) {
    return numbers(
        name,
        defaultValue,
        () -> "integers" + range.words(),
        item -> number(item, Integer::valueOf).filter(range::contains),
        String::valueOf,
        doc);
  }

  /**
   * @param name the key's name
   * @param defaultValue its default
   * @param range the allowed numbers
   * @param doc one line about it
   * @return a key whose value is a list of at least one finite number, written with commas
   */
  public static Key<List<Double>> decimals(
      String name, List<Double> defaultValue, Range range, String doc) {
    return numbers(
        name,
        defaultValue,
        () -> "numbers" + range.words(),
        item -> decimal(item, range),
        Key::plain,
        doc);
  }

  /**
   * @param name the key's name
   * @param range the allowed integers
   * @param doc one line about it
   * @return a key whose value is a list of integers, written with commas; empty by default, and
   *     equal ones may stand beside each other
   */
  public static Key<List<Integer>> sizes(String name, Range range, String doc) {
    return new Key<>(
        name,
        new Type<>(
            () -> "integers%s separated by commas, or nothing".formatted(range.words()),
            text -> sizes(text, range),
            values -> values.stream().map(String::valueOf).collect(Collectors.joining(",")),
            values -> values,
            List::of),
        List.of(),
        doc,
        true);
  }

  private static Optional<List<Integer>> sizes(String text, Range range) {
    if (text.isEmpty()) {
      return Optional.of(List.of());
    }
    List<Optional<Integer>> items =
        Arrays.stream(text.split(",", -1))
            .map(item -> number(item.strip(), Integer::valueOf).filter(range::contains))
            .toList();
    return items.stream().allMatch(Optional::isPresent)
        ? Optional.of(items.stream().map(Optional::orElseThrow).toList())
        : Optional.empty();
  }

  private static <N extends Number> Key<List<N>> numbers(
      String name,
      List<N> defaultValue,
      Supplier<String> what,
      Function<String, Optional<N>> item,
      Function<N, String> text,
      String doc) {
    return checked(
        new Key<>(
            name,
            new Type<>(
                () -> "one or more %s separated by commas, each once".formatted(what.get()),
                words -> list(words, item),
                values -> values.stream().map(text).collect(Collectors.joining(",")),
                values -> values,
                List::of),
            List.copyOf(defaultValue),
            doc,
            true));
  }

  /**
   * @param name the key's name
   * @param defaultValue its default
   * @param doc one line about it
   * @return a key that is true or false
   */
  public static Key<Boolean> flag(String name, boolean defaultValue, String doc) {
    return new Key<>(
        name,
        new Type<>(
            () -> "true or false",
            text ->
                switch (text) {
                  case "true" -> Optional.of(true);
                  case "false" -> Optional.of(false);
                  default -> Optional.empty();
                },
            flag -> Boolean.toString(flag),
            flag -> flag,
            List::of),
        defaultValue,
        doc,
        true);
  }

  /**
   * @param name the key's name
   * @param defaultValue its default
   * @param choices the allowed words, asked for when a value is checked
   * @param doc one line about it
   * @return a key whose value is one of some words
   */
  public static Key<String> choice(
      String name, String defaultValue, Supplier<List<String>> choices, String doc) {
    return new Key<>(
        name,
        new Type<>(
            () -> "one of " + String.join(", ", choices.get()),
            text -> Optional.of(text).filter(choices.get()::contains),
            text -> text,
            text -> text,
            choices),
        defaultValue,
        doc,
        true);
  }

  /**
   * @param name the key's name
   * @param defaultValue its default
   * @param choices the allowed words, asked for when a value is checked
   * @param doc one line about it
   * @return a key whose value is a list of at least one of some words, written with commas; {@code
   *     all} stands for all of them
   */
  public static Key<List<String>> choices(
      String name, List<String> defaultValue, Supplier<List<String>> choices, String doc) {
    return new Key<>(
        name,
        new Type<>(
            () ->
                "all, or one or more of %s, separated by commas, each once"
                    .formatted(String.join(", ", choices.get())),
            text ->
                text.equals(ALL)
                    ? Optional.of(List.copyOf(choices.get()))
                    : list(text, item -> Optional.of(item).filter(choices.get()::contains)),
            values -> String.join(",", values),
            values -> values,
            List::of,
            choices),
        List.copyOf(defaultValue),
        doc,
        true);
  }

  /**
   * A file or folder, empty by default. A relative path is resolved against the current folder and
   * stored as an absolute one, so a run can be resumed from anywhere.
   *
   * @param name the key's name
   * @param doc one line about it
   * @return a key whose value may be a path
   */
  public static Key<Optional<Path>> optionalPath(String name, String doc) {
    return new Key<>(
        name,
        new Type<>(() -> "a path", Key::path, Key::pathText, Key::pathText, List::of),
        Optional.empty(),
        doc,
        true);
  }

  /**
   * @param value another default
   * @return this key with that default
   * @throws IllegalArgumentException where assertions are on, as in tests, if the key does not take
   *     the value
   */
  public Key<T> withDefault(T value) {
    return checked(new Key<>(name, type, value, doc, identity));
  }

  /**
   * This key as one that says how a run is carried out and not what it computes: it may change
   * between an interrupted run and its continuation.
   */
  public Key<T> schedulingOnly() {
    return new Key<>(name, type, defaultValue, doc, false);
  }

  /** The key's name, as it stands before the equals sign. */
  public String name() {
    return name;
  }

  /** The value where neither a file nor an argument gives one. */
  public T defaultValue() {
    return defaultValue;
  }

  /** One line about the key. */
  public String doc() {
    return doc;
  }

  /** What values the key takes, as words that follow "expected". */
  public String expected() {
    return type.expected.get();
  }

  /** The words of which one is the value; empty for other keys. */
  public List<String> names() {
    return type.names.get();
  }

  /** The words of which the value is a list; empty for other keys. */
  public List<String> items() {
    return type.items.get();
  }

  /** Whether its values are lists. */
  public boolean isList() {
    return json(defaultValue) instanceof List;
  }

  /** Whether another value makes it another run; see {@link #schedulingOnly}. */
  public boolean identity() {
    return identity;
  }

  /**
   * @param text a value as typed
   * @return the value
   * @throws InputException if the text is no value of this key
   */
  public T parse(String text) {
    return type.parse
        .apply(text.strip())
        .orElseThrow(() -> new InputException("%s=%s: %s".formatted(name, text, remedy(text))));
  }

  /**
   * @param value a value of this key
   * @return the text that parses to it
   */
  public String text(T value) {
    return type.text.apply(value);
  }

  /**
   * @param value a value of this key
   * @return it as a JSON number, boolean, string or list
   */
  Object json(T value) {
    return type.json.apply(value);
  }

  @Override
  public String toString() {
    return name;
  }

  private String remedy(String text) {
    if (!names().isEmpty()) {
      return Suggestion.forName(text, names());
    }
    List<String> known = type.items.get();
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(item -> !known.isEmpty() && !item.isEmpty() && !known.contains(item))
        .findFirst()
        .map(item -> "there is no '%s', %s".formatted(item, Suggestion.forName(item, known)))
        .orElseGet(() -> "expected " + expected());
  }

  /**
   * A default is as good as the code it stands in: it is looked at in tests, not at every start.
   */
  private static <T> Key<T> checked(Key<T> key) {
    if (!CHECKED) {
      return key;
    }
    String text = key.text(key.defaultValue);
    if (key.type.parse.apply(text).isEmpty()) {
      throw new IllegalArgumentException(
          "default of key %s is %s, but it takes %s".formatted(key.name, text, key.expected()));
    }
    return key;
  }

  private static <N extends Number> Optional<N> number(String text, Function<String, N> parse) {
    try {
      return Optional.of(parse.apply(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Double> decimal(String text, Range range) {
    return Optional.of(text)
        .filter(t -> DECIMAL.matcher(t).matches())
        .map(Double::valueOf)
        .filter(range::contains);
  }

  private static <T> Optional<List<T>> list(String text, Function<String, Optional<T>> parse) {
    List<Optional<T>> items =
        Arrays.stream(text.split(",", -1)).map(String::strip).map(parse).toList();
    return items.stream().allMatch(Optional::isPresent)
            && items.stream().distinct().count() == items.size()
        ? Optional.of(items.stream().map(Optional::orElseThrow).toList())
        : Optional.empty();
  }

  /**
   * @param value a number
   * @return it as a person writes it: 4, 0.003, 1e-6
   */
  public static String plain(double value) {
    return Double.toString(value).replaceFirst("\\.0(?=E|$)", "").replace('E', 'e');
  }

  private static Optional<Optional<Path>> path(String text) {
    try {
      if (text.isEmpty()) {
        return Optional.of(Optional.empty());
      }
      return Optional.of(Optional.of(TypedPath.of(text).toAbsolutePath().normalize()));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static String pathText(Optional<Path> path) {
    return path.map(Path::toString).orElse("");
  }
}
