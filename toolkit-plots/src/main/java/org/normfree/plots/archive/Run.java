package org.normfree.plots.archive;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.normfree.core.record.ImageGrids;
import org.normfree.core.record.Json;
import org.normfree.core.record.LayerNormMap;
import org.normfree.core.record.Marker;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.RunFiles;
import org.normfree.core.record.Trial;

/**
 * One recorded run.
 *
 * @param id the name of its directory
 * @param folder its directory
 * @param trial what it stands for
 * @param marker how it ended; empty if it has not
 * @param note what the marker file says; empty if nothing
 * @param config its resolved configuration
 * @param provenance what ran where
 * @param metrics the lines of {@code metrics.jsonl}, in the order they were written
 * @param layerNormMap its map of LayerNorm inputs and outputs, if it made one
 */
public record Run(
    String id,
    Path folder,
    Trial trial,
    Optional<Marker> marker,
    String note,
    Map<String, Object> config,
    Map<String, Object> provenance,
    List<MetricLine> metrics,
    Optional<LayerNormMap> layerNormMap) {

  /**
   * @return whether the run reached its last step
   */
  public boolean done() {
    return marker.isPresent() && marker.get() == Marker.DONE;
  }

  /**
   * @return whether its numbers are reported, rather than only used to choose a hyper-parameter
   */
  public boolean isFinal() {
    return !Trial.SEARCH.equals(trial.phase());
  }

  /**
   * @return the method and setting it stands for
   */
  public Group group() {
    return new Group(trial.method(), trial.setting());
  }

  /**
   * @return the images it made; none if it made none
   * @throws org.normfree.core.InputException if the file is broken
   */
  public List<ImageGrids.Grid> images() {
    Path file = folder.resolve(RunFiles.IMAGES);
    return Files.isRegularFile(file) ? Json.read(file, ImageGrids.class).grids() : List.of();
  }

  /**
   * One recorded value over training.
   *
   * @param kind the kind of line, {@link MetricLine#METRIC} or {@link MetricLine#PROBE}
   * @param scope a data split or a layer
   * @param value the value's name
   * @return value by step; empty if it was not recorded
   */
  public NavigableMap<Long, Double> curve(String kind, String scope, String value) {
    NavigableMap<Long, Double> curve = new TreeMap<>();
    for (MetricLine line : metrics) {
      Double found = line.values().get(value);
      if (found != null && line.kind().equals(kind) && line.scope().equals(scope)) {
        curve.put(line.step(), found);
      }
    }
    return curve;
  }

  /**
   * @return how it ended, in words
   */
  public String ending() {
    return marker
        .map(
            m ->
                switch (m) {
                  case DONE -> "done";
                  case FAILED -> "failed";
                  case DIVERGED -> "diverged";
                })
        .orElse("unfinished");
  }
}
