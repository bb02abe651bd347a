package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.normfree.plots.archive.Group;

/** What figures, tables and the report call methods, settings and metrics. */
public final class Names {
  private static final String NO_ALPHA = "-no-alpha";

  private static final Map<String, String> METHODS =
      Map.ofEntries(
          Map.entry("pre-ln", "Pre-LN"),
          Map.entry("post-ln", "Post-LN"),
          Map.entry("layer-norm", "LN"),
          Map.entry("ln", "LN"),
          Map.entry("rms-norm", "RMSNorm"),
          Map.entry("dyt", "DyT"),
          Map.entry("derf", "Derf"),
          Map.entry("deepnorm", "DeepNorm"),
          Map.entry("deepnorm-adam", "DeepNorm for Adam"),
          Map.entry("deepnorm-lamb", "DeepNorm for LAMB"),
          Map.entry("scaled-residual", "x + f(x)/√n"),
          Map.entry("t-fixup", "T-Fixup"),
          Map.entry("ds-init", "DS-Init"),
          Map.entry("post-ln-init", "Post-LN-init"),
          Map.entry("fixup", "Fixup"),
          Map.entry("skipinit", "SkipInit"),
          Map.entry("rezero", "ReZero"),
          Map.entry("layerscale", "LayerScale"),
          Map.entry("admin", "Admin"),
          Map.entry("sigma-reparam", "σReparam"));

  private Names() {}

  /**
   * @param method a method's registry name
   * @return the name it has in papers; an unknown one as it stands
   */
  public static String method(String method) {
    if (method.endsWith(NO_ALPHA)) {
      return method(method.substring(0, method.length() - NO_ALPHA.length())) + " without α";
    }
    return METHODS.getOrDefault(method, method);
  }

  /**
   * @param key a setting's key
   * @param value its value
   * @return both in words
   */
  public static String setting(String key, String value) {
    return switch (key) {
      case "squash" -> value;
      case "alpha" ->
          switch (value) {
            case "none" -> "no α";
            case "learned", "fixed" -> "α " + value;
            default -> "α = " + value;
          };
      case "alpha0.table" -> value.equals("true") ? "α₀ by width" : "α₀ as given";
      case "embedding.scale" -> value.equals("true") ? "embedding factor" : "no embedding factor";
      default -> key(key) + " = " + value;
    };
  }

  /**
   * @param key a setting's key
   * @return the heading of a column of its values
   */
  public static String key(String key) {
    return switch (key) {
      case "alpha" -> "α";
      case "alpha0" -> "α₀";
      case "alpha0.attention" -> "α₀ of attention";
      case "lr" -> "learning rate";
      default -> key;
    };
  }

  /**
   * @param metric a metric's name
   * @return the metric in words, with its unit
   */
  public static String metric(String metric) {
    String words = metric.replace('_', ' ');
    if (metric.startsWith("pearson_time:")) {
      return "Pearson r over time, " + metric.substring("pearson_time:".length());
    }
    if (metric.equals("pearson_layers_final")) {
      return "Pearson r over layers, last step";
    }
    if (metric.equals("test_bleu")) {
      return "test BLEU";
    }
    if (metric.equals("trained_share")) {
      return "runs that train (%)";
    }
    return metric.endsWith("accuracy") ? words + " (%)" : words;
  }

  /**
   * @param metric a metric's name
   * @return the unit of a difference between two of its values
   */
  public static String differenceUnit(String metric) {
    if (metric.endsWith("loss")) {
      return "nats";
    }
    return metric.endsWith("accuracy") || metric.endsWith("exact_match")
        ? "percentage points"
        : metric(metric);
  }

  /**
   * @param text a few words
   * @return the same with a capital first letter, to begin a title
   */
  public static String capital(String text) {
    return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  /**
   * Labels as short as they can be: a method where methods suffice to tell the groups apart, else
   * the settings that differ, else both.
   *
   * @param groups groups of runs, each once
   * @return a label a group, in the same order
   */
  public static Map<Group, String> labels(List<Group> groups) {
    List<String> varying = varyingKeys(groups);
    boolean methodsSuffice = groups.stream().map(Group::method).distinct().count() == groups.size();
    boolean settingsSuffice =
        groups.stream().map(g -> settings(g, varying)).distinct().count() == groups.size();
    Map<Group, String> labels = new LinkedHashMap<>();
    for (Group group : groups) {
      String method = method(group.method());
      String settings = settings(group, varying);
      labels.put(
          group,
          methodsSuffice || settings.isEmpty()
              ? method
              : settingsSuffice && varying.contains("squash")
                  ? settings
                  : method + ", " + settings);
    }
    return labels;
  }

  private static List<String> varyingKeys(List<Group> groups) {
    TreeSet<String> keys = new TreeSet<>();
    groups.forEach(group -> keys.addAll(group.setting().keySet()));
    List<String> varying = new ArrayList<>();
    for (String key : keys) {
      if (groups.stream().map(g -> g.setting().getOrDefault(key, "")).distinct().count() > 1) {
        // the squash names the function, so it stands first
        varying.add(key.equals("squash") ? 0 : varying.size(), key);
      }
    }
    return varying;
  }

  private static String settings(Group group, List<String> keys) {
    Map<String, String> setting = new TreeMap<>(group.setting());
    return keys.stream()
        .filter(setting::containsKey)
        .map(key -> setting(key, setting.get(key)))
        .reduce((a, b) -> a + ", " + b)
        .orElse("");
  }
}
