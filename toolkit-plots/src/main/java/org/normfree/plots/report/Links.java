package org.normfree.plots.report;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.normfree.plots.table.HtmlText;

/**
 * Links from the report to files and folders. What lies near the report is linked relative to it,
 * so that both can be moved or mailed together; of what lies elsewhere the path is given as text.
 *
 * @param page the folder of the report
 */
record Links(Path page) {
  /** How many folders up still count as near. */
  private static final int NEAR = 2;

  /** Takes the folder's whole path. */
  Links {
    page = page.toAbsolutePath().normalize();
  }

  /**
   * @param target a file or folder
   * @param text what the link says
   * @return the link, or the text with the path behind it
   */
  String to(Path target, String text) {
    return relative(target)
        .map(href -> "<a href=\"%s\">%s</a>".formatted(href, HtmlText.of(text)))
        .orElseGet(
            () ->
                "%s (<code>%s</code>)"
                    .formatted(
                        HtmlText.of(text),
                        HtmlText.of(target.toAbsolutePath().normalize().toString())));
  }

  /** The address of a target relative to the page, where it lies near. */
  Optional<String> relative(Path target) {
    Path path;
    try {
      path = page.relativize(target.toAbsolutePath().normalize());
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // on another drive
    }
    List<String> names = new ArrayList<>();
    int up = 0;
    for (Path name : path) {
      up += name.toString().equals("..") ? 1 : 0;
      names.add(encoded(name.toString()));
    }
    return up > NEAR ? Optional.empty() : Optional.of("./" + String.join("/", names));
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
