package org.normfree.benchmarks;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.core.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code toolkit bench attention}. */
@Command(
    name = "attention",
    description =
        "Attention forward and backward, as a plan chooses, by the Java loops, by oneDNN and by"
            + " ND4J's reference arithmetic, after a check that all agree: time and memory.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class AttentionCommand implements Runnable {
  private static final Pattern SHAPE = Pattern.compile("(\\d+)x(\\d+)x(\\d+)x(\\d+)(c?)");

  /** Floats of the longest of the arrays that one buffer reaches. */
  private static final double MOST = Integer.MAX_VALUE / (double) Float.BYTES;

  private static final List<String> SHAPES =
      List.of(
          "100x49x64x4",
          "32x64x192x3",
          "16x128x256x4c",
          "8x512x256x4c",
          "4x1024x768x12c",
          "1x1024x64x1",
          "1x4096x64x1",
          "1x4096x64x1c");

  @ParentCommand private Bench bench;

  @Option(
      names = "--shapes",
      split = ",",
      paramLabel = "BxTxCxH",
      description =
          "batch, tokens, channels and heads; c behind it for causal (default: 100x49x64x4,"
              + "32x64x192x3,16x128x256x4c,8x512x256x4c,4x1024x768x12c,1x1024x64x1,1x4096x64x1,"
              + "1x4096x64x1c)")
  private List<String> shapes = SHAPES;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "NAME",
      description =
          "compiled, compiled-java, compiled-onednn, compiled-scalar, stock, samediff, libtorch"
              + " (default: compiled, compiled-java, compiled-onednn, samediff)")
  private List<String> peers = List.of("compiled", "compiled-java", "compiled-onednn", "samediff");

  @Override
  public void run() {
    bench.common().run(this::run);
  }

  void run(Setting setting, Results results) {
    List<Workload.Sequence> workloads = shapes.stream().map(AttentionCommand::workload).toList();
    List<Variant> variants = peers.stream().map(Variant::named).toList();
    SequenceBench attention = new SequenceBench("attention", setting, results, variants);
    workloads.forEach(workload -> attention.run(List.of(workload)));
  }

  private static Workload.Sequence workload(String shape) {
    Matcher matcher = SHAPE.matcher(shape);
    int[] sizes = new int[4];
    boolean fits = matcher.matches();
    for (int i = 0; fits && i < sizes.length; i++) {
      String size = matcher.group(1 + i);
      fits = size.length() < 10 && Integer.parseInt(size) > 0;
      sizes[i] = fits ? Integer.parseInt(size) : 0;
    }
    if (!fits || sizes[2] % sizes[3] != 0 || (double) sizes[0] * sizes[1] * sizes[2] >= MOST) {
      throw new InputException(
          "--shapes has '%s', expected BxTxCxH, such as 16x128x256x4, or 16x128x256x4c for causal attention, with heads that divide the channels and less than 2 GiB"
              .formatted(shape));
    }
    String op = matcher.group(5).isEmpty() ? Workload.Sequence.ATTENTION : Workload.Sequence.CAUSAL;
    return new Workload.Sequence(op, sizes[0], sizes[1], sizes[2], sizes[3]);
  }
}
