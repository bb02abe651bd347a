package org.normfree.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.normfree.benchmarks.family.Families;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Workload;

/**
 * The processes that do one workload, each in its variant's way. They start from the same numbers,
 * must agree before they are timed, and are timed in turn: one works while the others wait for
 * their next command.
 */
final class Peers implements AutoCloseable {
  private final Setting setting;
  private final String name;
  private final Map<Variant, PeerProcess> processes = new EnumMap<>(Variant.class);

  /**
   * Starts a process for each variant. One that does not come up is left out and told.
   *
   * @param name what the workload is called in messages
   */
  Peers(Setting setting, String name, Workload workload, List<Variant> variants) {
    this.setting = setting;
    this.name = name;
    Path arrays = null;
    try {
      arrays = Files.createTempFile("normfree-bench", ".arrays");
      ArrayFile.write(arrays, arrays(workload));
      for (Variant variant : variants) {
        start(variant, workload.word(), arrays);
      }
    } catch (IOException e) {
      close();
      throw new UncheckedIOException("cannot write the initial numbers of " + name, e);
    } finally {
      delete(arrays);
    }
  }

  private static Map<String, ArrayFile.Array> arrays(Workload workload) {
    if (workload instanceof Workload.Training training) {
      return Families.arrays(training);
    }
    return workload instanceof Workload.Sequence sequence
        ? SequencePeer.arrays(sequence)
        : OpPeer.arrays((Workload.Op) workload);
  }

  private void start(Variant variant, String workload, Path arrays) {
    try {
      Path jar =
          variant.needsLibTorch() ? setting.libTorch().jar(setting.log("libtorch-build")) : null;
      processes.put(
          variant,
          new PeerProcess(
              variant.title(),
              variant.command(workload, arrays, setting.threads(), jar),
              setting.environment(variant),
              setting.log(name + "-" + variant.title())));
    } catch (PeerException e) {
      setting.say("%s: left out, %s", variant.title(), e.getMessage());
    }
  }

  private static void delete(Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        file.toFile().deleteOnExit();
      }
    }
  }

  /** The variants whose processes run. */
  List<Variant> variants() {
    return new ArrayList<>(processes.keySet());
  }

  /** A running variant's process. */
  PeerProcess process(Variant variant) {
    return processes.get(variant);
  }

  /**
   * Compares what the peers compute; timing what disagrees would be of no use.
   *
   * @param steps how many steps
   * @param tolerance the largest relative difference, of float32 variants
   * @param coarse the largest relative difference, of bfloat16 ones
   * @return the largest relative difference of float32 variants
   * @throws PeerException if peers disagree
   */
  double agree(int steps, double tolerance, double coarse) {
    double worst = 0;
    double[] reference = null;
    Variant first = null;
    List<Variant> order = variants();
    // the reference is another library's, where there is one
    order.sort((a, b) -> Boolean.compare(b.needsLibTorch(), a.needsLibTorch()));
    for (Variant variant : order) {
      double[] numbers = processes.get(variant).ask("check " + steps);
      if (reference == null) {
        reference = numbers;
        first = variant;
        continue;
      }
      double difference = difference(reference, numbers);
      boolean bf16 = variant == Variant.COMPILED_BF16;
      if (!(difference <= (bf16 ? coarse : tolerance))) {
        throw new PeerException(
            "%s: %s and %s disagree, so they are not timed: %s against %s"
                .formatted(
                    name,
                    variant.title(),
                    first.title(),
                    Arrays.toString(numbers),
                    Arrays.toString(reference)),
            null);
      }
      worst = bf16 ? worst : Math.max(worst, difference);
    }
    setting.say(
        "%s: %s agree within %.1e over %s",
        name,
        String.join(", ", order.stream().map(Variant::title).toList()),
        worst,
        Arrays.toString(reference));
    return worst;
  }

  private static double difference(double[] reference, double[] numbers) {
    if (reference.length != numbers.length) {
      return Double.NaN;
    }
    double worst = 0;
    for (int i = 0; i < numbers.length; i++) {
      double relative = Math.abs(numbers[i] - reference[i]) / Math.abs(reference[i]);
      worst = relative <= worst ? worst : relative; // keeps NaN
    }
    return worst;
  }

  /**
   * Times a command by all variants in turn, see {@link Turns}.
   *
   * @param command {@code step}, {@code pass} or {@code forward}
   * @param calls calls a turn; the turn counts as their median
   * @return milliseconds of a call by each variant
   */
  Map<Variant, Sample> time(String command, int calls) {
    return new Turns<>(setting, name, processes).time(command, calls);
  }

  @Override
  public void close() {
    processes.values().forEach(PeerProcess::close);
  }
}
