package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A layer's name as networks give it, {@code encoder.block3.attention.norm}, taken apart.
 *
 * @param stack the stack of layers it belongs to, {@code encoder}; empty in a network of one stack
 * @param block the number of its block; empty for a layer outside blocks
 * @param site where in the block it is, or where in the network, in words
 * @param full the name as it was recorded
 */
record LayerName(String stack, OptionalInt block, String site, String full) {
  private static final Pattern BLOCK =
      Pattern.compile("(?:(.*)\\.)?(?:block|layer)(\\d+)(?:\\.(.*))?");
  private static final Pattern NUMBERED = Pattern.compile("([A-Za-z_-]+?)[_-]?(\\d+)");
  private static final String NORM = "norm";
  private static final String LAST_NORM = "last norm";

  private static final Map<String, String> PARTS =
      Map.of(
          "ffn", "feed-forward",
          "mlp", "feed-forward",
          "cross", "cross-attention");

  /**
   * @param name a layer's name
   * @return it taken apart
   */
  static LayerName of(String name) {
    Matcher matcher = BLOCK.matcher(name);
    if (matcher.matches()) {
      return new LayerName(
          words(matcher.group(1)),
          OptionalInt.of(Integer.parseInt(matcher.group(2))),
          words(withoutNorm(matcher.group(3))),
          name);
    }
    int dot = name.indexOf('.');
    String stack = dot < 0 ? "" : words(name.substring(0, dot));
    String site = name.substring(dot + 1);
    return new LayerName(
        stack, OptionalInt.empty(), site.equals(NORM) ? LAST_NORM : words(site), name);
  }

  /**
   * @return it in words: {@code encoder block 3, attention}
   */
  String words() {
    List<String> words = new ArrayList<>();
    if (block.isPresent()) {
      words.add((stack.isEmpty() ? "" : stack + " ") + "block " + block.getAsInt());
    } else if (!stack.isEmpty()) {
      words.add(stack);
    }
    if (!site.isEmpty()) {
      words.add(site);
    }
    return String.join(", ", words);
  }

  /** What normalizes a branch is called as the branch is. */
  private static String withoutNorm(String site) {
    return site == null
        ? ""
        : site.endsWith("." + NORM) ? site.substring(0, site.length() - 5) : site;
  }

  private static String words(String dotted) {
    if (dotted == null || dotted.isEmpty()) {
      return "";
    }
    List<String> words = new ArrayList<>();
    for (String part : dotted.split("\\.", -1)) {
      Matcher numbered = NUMBERED.matcher(part);
      boolean matches = numbered.matches();
      String name = matches ? numbered.group(1) : part;
      String known = PARTS.getOrDefault(name, name.replace('_', '-'));
      words.add(matches ? known + " " + numbered.group(2) : known);
    }
    return String.join(" ", words);
  }
}
