package org.normfree.benchmarks;

import java.util.List;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code toolkit bench sequence}. */
@Command(
    name = "sequence",
    description = "Selective scan and long convolution against length, forward and backward.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SequenceCommand implements Runnable {
  private static final List<String> OPS =
      List.of(Workload.Sequence.SCAN, Workload.Sequence.CONVOLUTION);

  @ParentCommand private Bench bench;

  @Option(
      names = "--ops",
      split = ",",
      paramLabel = "NAME",
      description = "selective-scan, long-convolution (default: both)")
  private List<String> ops = OPS;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "NAME",
      description = "compiled, compiled-scalar, stock, libtorch (default: compiled, libtorch)")
  private List<String> peers = List.of("compiled", "libtorch");

  @Option(
      names = "--lengths",
      split = ",",
      paramLabel = "N",
      description = "positions of a sequence (default: 1024,4096,8192,16384,65536)")
  private List<Integer> lengths = List.of(1024, 4096, 8192, 16384, 65536);

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "4",
      description = "sequences (default: ${DEFAULT-VALUE})")
  private int batch = 4;

  @Option(
      names = "--channels",
      paramLabel = "N",
      defaultValue = "256",
      description = "channels of a position (default: ${DEFAULT-VALUE})")
  private int channels = 256;

  @Option(
      names = "--states",
      paramLabel = "N",
      defaultValue = "16",
      description = "states that a scan keeps of a channel (default: ${DEFAULT-VALUE})")
  private int states = 16;

  @Override
  public void run() {
    bench.common().run(this::run);
  }

  void run(Setting setting, Results results) {
    for (String op : ops) {
      if (!OPS.contains(op)) {
        throw new InputException("unknown op '%s', %s".formatted(op, Suggestion.forName(op, OPS)));
      }
    }
    CommonOptions.require(batch >= 1, "--batch=%d, expected at least 1", batch);
    CommonOptions.require(channels >= 1, "--channels=%d, expected at least 1", channels);
    CommonOptions.require(states >= 1, "--states=%d, expected at least 1", states);
    for (int length : lengths) {
      CommonOptions.require(length >= 1, "--lengths has %d, expected at least 1", length);
      CommonOptions.require(
          (double) batch * length * channels < Integer.MAX_VALUE / (double) Float.BYTES,
          "%d sequences of %d positions of %d channels are more than 2 GiB; give less",
          batch,
          length,
          channels);
    }
    List<Variant> variants = peers.stream().map(Variant::named).toList();
    SequenceBench bench = new SequenceBench("sequence", setting, results, variants);
    for (String op : ops) {
      int kept = op.equals(Workload.Sequence.SCAN) ? states : 0;
      bench.run(
          lengths.stream()
              .map(length -> new Workload.Sequence(op, batch, length, channels, kept))
              .toList());
    }
  }
}
