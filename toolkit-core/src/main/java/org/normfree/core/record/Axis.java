package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a summary says about one key of its rows' settings.
 *
 * @param name the key, for example {@code layers}
 * @param title in words, for example {@code layers of either side}
 * @param role what its values are for
 * @param kind how its values lie to each other
 * @param values values in words, for those that need other words than they have; may be empty
 */
@JsonPropertyOrder({"name", "title", "role", "kind", "values"})
public record Axis(String name, String title, Role role, Kind kind, Map<String, String> values) {
  /** What the values of an axis are for. */
  public enum Role {
    /** They make variants that are compared with each other, as methods are. */
    @JsonProperty("variant")
    VARIANT,
    /** They are conditions: what is compared is compared at the same value. */
    @JsonProperty("condition")
    CONDITION,
    /** They were chosen by a search for each method, and only reported. */
    @JsonProperty("chosen")
    CHOSEN
  }

  /** How the values of an axis lie to each other. */
  public enum Kind {
    /** Names. */
    @JsonProperty("nominal")
    NOMINAL,
    /** Numbers. */
    @JsonProperty("linear")
    LINEAR,
    /** Numbers whose ratios count, as depths. */
    @JsonProperty("log")
    LOG
  }

  /** Copies the values. */
  public Axis {
    values = values == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * @return an axis of variants
   */
  public static Axis variant(String name, String title) {
    return new Axis(name, title, Role.VARIANT, Kind.NOMINAL, Map.of());
  }

  /**
   * @return an axis of conditions with names
   */
  public static Axis condition(String name, String title) {
    return new Axis(name, title, Role.CONDITION, Kind.NOMINAL, Map.of());
  }

  /**
   * @return an axis of conditions with numbers whose ratios count
   */
  public static Axis depth(String name, String title) {
    return new Axis(name, title, Role.CONDITION, Kind.LOG, Map.of());
  }

  /**
   * @return an axis of values found by a search
   */
  public static Axis chosen(String name, String title) {
    return new Axis(name, title, Role.CHOSEN, Kind.LOG, Map.of());
  }

  /**
   * @param more values in words
   * @return this axis with them
   */
  public Axis with(Map<String, String> more) {
    return new Axis(name, title, role, kind, more);
  }

  /**
   * @param value one of the axis' values
   * @return it in words: its own, or the title and the value
   */
  public String words(String value) {
    String own = values.get(value);
    return own != null ? own : "%s %s".formatted(title, value);
  }
}
