package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.normfree.core.data.Batch;
import org.normfree.core.record.Json;

/** Stops a run between two steps, goes on in a new trainer, and compares with one left alone. */
public final class Resumption {
  /** Makes the run's trainer at its start, in a state that does not depend on other trainers. */
  public interface Maker {
    Trainer make(List<TrainingListener> listeners);
  }

  private Resumption() {}

  /** The metrics as text: numbers of the same bits are the same text. */
  private static final class Lines implements TrainingListener {
    private final Iterable<Batch> validation;
    private final List<String> lines = new ArrayList<>();

    Lines(Iterable<Batch> validation) {
      this.validation = validation;
    }

    @Override
    public void onStep(Trainer trainer, Step step) {
      lines.add(Json.line(step));
    }

    @Override
    public void onEpochEnd(Trainer trainer, Epoch epoch) {
      lines.add(Json.line(epoch));
      lines.add(Json.line(trainer.evaluate("validation", validation)));
    }

    @Override
    public void onEnd(Trainer trainer, Outcome outcome) {
      lines.add(Json.line(outcome));
      lines.add(Json.line(trainer.evaluate("validation", validation)));
    }
  }

  /**
   * @param folder an empty folder
   * @param maker the run
   * @param batches the batches from a step on
   * @param validation what is evaluated on after each epoch
   * @param killed the step in which the first process ends
   * @param every steps between checkpoints
   */
  public static void givesTheSameBytes(
      Path folder,
      Maker maker,
      Function<Long, Iterator<Batch>> batches,
      Iterable<Batch> validation,
      int killed,
      int every)
      throws IOException {
    CheckpointStore alone = new CheckpointStore(folder.resolve("alone"), "config");
    Lines expected = new Lines(validation);
    maker.make(List.of(expected, new CheckpointListener(alone, every))).train(batches.apply(0L));

    CheckpointStore store = new CheckpointStore(folder.resolve("killed"), "config");
    RuntimeException kill = new RuntimeException("killed");
    Lines found = new Lines(validation);
    List<Integer> counts = new ArrayList<>(List.of(0));
    TrainingListener killer =
        new TrainingListener() {
          @Override
          public void onStep(Trainer trainer, Step step) {
            if (step.step() == killed) {
              throw kill;
            }
          }

          @Override
          public void onStepDone(Trainer trainer) {
            counts.add(found.lines.size());
          }
        };
    Trainer first = maker.make(List.of(found, killer, new CheckpointListener(store, every)));
    assertThatThrownBy(() -> first.train(batches.apply(0L))).isSameAs(kill);

    Checkpoint checkpoint = store.latest().orElseThrow();
    long done = checkpoint.progress().step();
    assertThat(done).isPositive().isEqualTo(killed - 1L - (killed - 1L) % every);
    List<String> before = List.copyOf(found.lines.subList(0, counts.get((int) done)));
    Lines rest = new Lines(validation);
    Trainer second = maker.make(List.of(rest, new CheckpointListener(store, every)));
    second.restore(checkpoint);
    second.train(batches.apply(done));

    List<String> all = new ArrayList<>(before);
    all.addAll(rest.lines);
    assertThat(all).isEqualTo(expected.lines);
    assertThat(files(folder.resolve("killed/final")))
        .isEqualTo(files(folder.resolve("alone/final")));
  }

  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.toList()) {
        files.put(
            path.getFileName().toString(), HexFormat.of().formatHex(Files.readAllBytes(path)));
      }
    }
    assertThat(files).hasSizeGreaterThan(2);
    return files;
  }
}
