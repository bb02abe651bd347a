package org.normfree.experiments.run;

import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.normfree.core.record.DataIdentity;
import org.normfree.core.record.Json;

/**
 * The file {@code data.json}: what the runs of a directory were trained on.
 *
 * @param sources the parts of the data by the settings that name it
 */
record TrainedOn(SortedMap<String, SortedMap<String, DataIdentity.Part>> sources) {
  /** What a file holds; nothing if there is none. */
  static TrainedOn read(Path file) {
    return new TrainedOn(
        Files.exists(file) ? Json.read(file, new TypeReference<>() {}) : new TreeMap<>());
  }

  /**
   * A fingerprint of all that was read, blind to where it lay.
   *
   * @return 16 hexadecimal digits, the start of a SHA-256; empty if there is no data
   */
  Optional<String> hash() {
    if (sources.isEmpty()) {
      return Optional.empty();
    }
    String parts =
        sources.values().stream().map(Json::line).sorted().collect(Collectors.joining("\n"));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(parts.getBytes(StandardCharsets.UTF_8));
      return Optional.of(HexFormat.of().formatHex(digest, 0, 8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * @param then what an earlier run was trained on
   * @return a few words on each part that is not the same; of sources that both have
   */
  List<String> differencesFrom(TrainedOn then) {
    List<String> differences = new ArrayList<>();
    sources.forEach(
        (source, parts) -> {
          if (then.sources.containsKey(source)) {
            differences.addAll(
                new DataIdentity(source, parts).differencesFrom(then.sources.get(source)));
          }
        });
    return differences;
  }
}
