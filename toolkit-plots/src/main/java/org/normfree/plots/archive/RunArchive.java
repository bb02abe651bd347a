package org.normfree.plots.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.core.record.Json;
import org.normfree.core.record.LayerNormMap;
import org.normfree.core.record.Marker;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.Reason;
import org.normfree.core.record.RunFiles;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trial;

/**
 * Every experiment recorded below a folder.
 *
 * @param folder where the experiments were looked for
 * @param experiments the experiments, by path
 */
public record RunArchive(Path folder, List<Experiment> experiments) {

  /**
   * Looks at what {@link #read} would read, as far as its tables tell.
   *
   * @param folder an experiment's directory, or any folder above some
   * @return the {@linkplain Experiment#id ids} of the experiments that were recorded there
   * @throws InputException if the folder is missing, holds no experiment, or a table in it is
   *     broken
   */
  public static List<String> ids(Path folder) {
    List<Path> folders = foldersBelow(folder);
    return ids(folder, folders, summaries(folders));
  }

  /**
   * Reads all experiment directories at or below a folder: those that hold a {@code summary.json}.
   *
   * @param folder an experiment's directory, or any folder above some
   * @return what was recorded there
   * @throws InputException if the folder is missing, holds no experiment, or a file in it is broken
   */
  public static RunArchive read(Path folder) {
    List<Path> folders = foldersBelow(folder);
    List<Summary> summaries = summaries(folders);
    List<String> ids = ids(folder, folders, summaries);
    List<Experiment> experiments = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      Path path = folders.get(i);
      experiments.add(
          new Experiment(
              ids.get(i),
              path,
              summaries.get(i),
              map(path.resolve(RunFiles.CONFIG)),
              map(path.resolve(RunFiles.PROVENANCE)),
              runs(path, summaries.get(i))));
    }
    return new RunArchive(folder, List.copyOf(experiments));
  }

  private static List<Summary> summaries(List<Path> folders) {
    return folders.stream().map(RunArchive::summary).toList();
  }

  /** The experiment's name, and behind it its folder where others have the same. */
  private static List<String> ids(Path folder, List<Path> folders, List<Summary> summaries) {
    Map<String, Integer> uses = new HashMap<>();
    summaries.forEach(summary -> uses.merge(summary.experiment(), 1, Integer::sum));
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      String name = summaries.get(i).experiment();
      String id = uses.get(name) == 1 ? name : name + "-" + folder.relativize(folders.get(i));
      ids.add(id.replaceAll("[^A-Za-z0-9._-]+", "-"));
    }
    return ids;
  }

  private static List<Path> foldersBelow(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InputException(
          "no folder %s: expected the folder of an experiment or one above it, so name the folder"
                  .formatted(folder)
              + " that `toolkit run … --out` wrote");
    }
    List<Path> folders = experimentFolders(folder);
    if (folders.isEmpty()) {
      throw new InputException(
          "no finished experiment below %s: expected a %s there, so run an experiment first"
              .formatted(folder, RunFiles.SUMMARY));
    }
    return folders;
  }

  /** An experiment's runs are not searched for further experiments. */
  private static List<Path> experimentFolders(Path folder) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              if (Files.isRegularFile(dir.resolve(RunFiles.SUMMARY))) {
                found.add(dir);
                return FileVisitResult.SKIP_SUBTREE;
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new InputException(
          "cannot search %s for experiments: %s; make it readable".formatted(folder, Reason.of(e)),
          e);
    }
    Collections.sort(found);
    return found;
  }

  private static Summary summary(Path folder) {
    Path file = folder.resolve(RunFiles.SUMMARY);
    Summary summary = Json.read(file, Summary.class);
    if (summary.experiment() == null || summary.rows() == null) {
      throw new InputException(
          "%s names no experiment or has no rows: expected {\"experiment\": …, \"rows\": […]}, so"
                  .formatted(file)
              + " run the experiment again");
    }
    List<SummaryRow> rows = new ArrayList<>();
    for (SummaryRow row : summary.rows()) {
      if (row.method() == null || row.metric() == null) {
        throw new InputException(
            "row %s of %s has no method or no metric: expected both, so run the experiment again"
                .formatted(rows.size() + 1, file));
      }
      rows.add(
          new SummaryRow(
              row.method(),
              row.setting(),
              row.metric(),
              row.mean(),
              ends(row.ci95()),
              row.n(),
              row.seeds(),
              row.values(),
              row.diverged(),
              row.trained(),
              row.difference(),
              row.published(),
              row.source(),
              row.edge()));
    }
    return new Summary(
        summary.experiment(),
        summary.question(),
        summary.preset(),
        summary.smokeTest(),
        summary.metrics(),
        summary.baseline(),
        summary.axes(),
        summary.figures(),
        summary.claims(),
        rows);
  }

  /** An interval that is none counts as missing. */
  private static List<Double> ends(List<Double> interval) {
    boolean both =
        interval != null && interval.size() == 2 && interval.stream().allMatch(Objects::nonNull);
    return both ? interval : null;
  }

  private static List<Run> runs(Path experiment, Summary summary) {
    List<Run> runs = new ArrayList<>();
    if (isRun(experiment)) {
      runs.add(run(experiment, summary));
    }
    Path folder = experiment.resolve(RunFiles.RUNS);
    if (Files.isDirectory(folder)) {
      try (Stream<Path> children = Files.list(folder)) {
        children.filter(RunArchive::isRun).sorted().forEach(child -> runs.add(run(child, summary)));
      } catch (IOException e) {
        throw new InputException(
            "cannot list %s: %s; make it readable".formatted(folder, Reason.of(e)), e);
      }
    }
    return List.copyOf(runs);
  }

  private static boolean isRun(Path folder) {
    return Files.isRegularFile(folder.resolve(RunFiles.METRICS))
        || Files.isRegularFile(folder.resolve(RunFiles.TRIAL));
  }

  private static Run run(Path folder, Summary summary) {
    Map<String, Object> config = map(folder.resolve(RunFiles.CONFIG));
    Optional<Marker> marker =
        Stream.of(Marker.values())
            .filter(m -> Files.isRegularFile(folder.resolve(m.name())))
            .findFirst();
    Path map = folder.resolve(RunFiles.LAYERNORM_MAP);
    return new Run(
        folder.getFileName().toString(),
        folder,
        trial(folder, summary, config),
        marker,
        marker.map(m -> text(folder.resolve(m.name())).strip()).orElse(""),
        config,
        map(folder.resolve(RunFiles.PROVENANCE)),
        metrics(folder.resolve(RunFiles.METRICS)),
        Files.isRegularFile(map)
            ? Optional.of(Json.read(map, LayerNormMap.class))
            : Optional.empty());
  }

  /** A single run that is its own experiment has no trial file; its summary and config name it. */
  private static Trial trial(Path folder, Summary summary, Map<String, Object> config) {
    Path file = folder.resolve(RunFiles.TRIAL);
    if (Files.isRegularFile(file)) {
      Trial trial = Json.read(file, Trial.class);
      if (trial.method() == null) {
        throw new InputException("%s names no method: run the trial again".formatted(file));
      }
      return new Trial(
          trial.experiment(),
          trial.method(),
          Objects.requireNonNullElse(trial.setting(), Map.of()),
          trial.seed(),
          Objects.requireNonNullElse(trial.phase(), Trial.FINAL));
    }
    Optional<SummaryRow> row = summary.rows().stream().findFirst();
    Object method =
        row.<Object>map(SummaryRow::method).orElse(config.getOrDefault("method", "unknown"));
    long seed =
        row.filter(r -> r.seeds().size() == 1)
            .map(r -> r.seeds().get(0))
            .orElse(config.get("seed") instanceof Number number ? number.longValue() : 0L);
    return new Trial(
        summary.experiment(),
        method.toString(),
        row.map(SummaryRow::setting).orElse(Map.of()),
        seed,
        Trial.FINAL);
  }

  private static List<MetricLine> metrics(Path file) {
    if (!Files.isRegularFile(file)) {
      return List.of();
    }
    List<String> lines = text(file).lines().toList();
    List<MetricLine> metrics = new ArrayList<>(lines.size());
    for (int i = 0; i < lines.size(); i++) {
      try {
        MetricLine line = Json.MAPPER.readValue(lines.get(i), MetricLine.class);
        if (line == null || line.kind() == null || line.scope() == null || line.values() == null) {
          throw broken(file, i + 1, "no kind, scope or values", null);
        }
        metrics.add(line);
      } catch (JsonProcessingException e) {
        throw broken(file, i + 1, e.getOriginalMessage(), e);
      }
    }
    return List.copyOf(metrics);
  }

  private static InputException broken(Path file, int line, String why, Throwable cause) {
    return new InputException(
        "line %s of %s is not a metric line (%s): resume the run or delete its directory"
            .formatted(line, file, why.lines().findFirst().orElse("")),
        cause);
  }

  private static Map<String, Object> map(Path file) {
    if (!Files.isRegularFile(file)) {
      return Map.of();
    }
    try {
      return Json.MAPPER.readValue(text(file), new TypeReference<Map<String, Object>>() {});
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s is not a JSON object (%s): restore it or run the experiment again"
              .formatted(file, e.getOriginalMessage().lines().findFirst().orElse("")),
          e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InputException(
          "cannot read %s: %s; make it readable UTF-8 text".formatted(file, Reason.of(e)), e);
    }
  }
}
