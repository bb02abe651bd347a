package org.normfree.core.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether products may have bfloat16 operands on this machine. Where Linux tells what the processor
 * has, no library is loaded to know, which would take longer than all else before a run begins.
 */
public final class Bfloat16 {
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  /** Words of Linux for what oneDNN multiplies by on x86. */
  private static final String WIDE = "avx512_bf16";

  private static final String NARROW = "avx_ne_convert";

  private static final Set<String> ONE_DNN = Set.of("auto", "onednn");

  /** What is said of a processor without. */
  static final String MISSING = "this processor has no bfloat16 instructions that oneDNN may use";

  /** Keeps oneDNN from instructions that the processor has. */
  private static final List<String> LIMITS = List.of("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA");

  private Bfloat16() {}

  /**
   * @param choice {@code auto}, a kernel's name, or {@code nd4j}
   * @param vector {@code auto}, {@code on} or {@code off}
   * @return what is missing, in a few words; empty if nothing is
   * @throws org.normfree.core.InputException if a choice cannot be met on this machine
   */
  public static Optional<String> missing(String choice, String vector) {
    Optional<Boolean> told =
        ONE_DNN.contains(choice)
                && !vector.equals("on") // which may be refused
                && LIMITS.stream().noneMatch(System.getenv()::containsKey)
            ? has(PROCESSOR)
            : Optional.empty();
    if (told.isEmpty()) {
      return Kernel.missingForBfloat16(Kernels.load(choice, vector));
    }
    return told.get() ? Optional.empty() : Optional.of(MISSING);
  }

  /**
   * @param processor what Linux says of it
   * @return whether it multiplies bfloat16; empty if that is not told
   */
  static Optional<Boolean> has(Path processor) {
    if (!Files.isReadable(processor)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(processor)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> List.of(line.split("\\s+")))
          .map(words -> words.contains(WIDE) || words.contains(NARROW));
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
