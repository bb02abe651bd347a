package org.normfree.benchmarks;

import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;

/** The sides of a comparison and how their processes are started. */
enum Variant {
  /** The compiled executor in single precision. */
  COMPILED("compiled", "compiled", true, ""),
  /** The compiled executor, products in bfloat16. */
  COMPILED_BF16("compiled-bf16", "compiled-bf16", true, ""),
  /** The compiled executor without the Vector API. */
  COMPILED_SCALAR("compiled-scalar", "compiled", false, "-Dnormfree.vector=off"),
  /** The compiled executor with the Java kernels alone, and ND4J for what they do not know. */
  COMPILED_JAVA("compiled-java", "compiled", true, "-Dnormfree.kernels=java"),
  /** The same with oneDNN's alone, and not the loops that it leaves some shapes to. */
  COMPILED_ONEDNN("compiled-onednn", "compiled", false, "-Dnormfree.kernels=onednn"),
  /** SameDiff's session with the toolkit's kernels. */
  STOCK("stock", "stock", true, ""),
  /** SameDiff without the toolkit: its session and its ops, see {@code PlainSameDiff}. */
  SAMEDIFF("samediff", "samediff", false, "-Dnormfree.kernels=nd4j"),
  /** libtorch, see the module {@code libtorch}. */
  LIBTORCH("libtorch", "", false, "");

  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final int FIRST_THAT_WARNS = 24;

  private final String title;
  private final String executor;
  private final boolean vector;
  private final String option;

  Variant(String title, String executor, boolean vector, String option) {
    this.title = title;
    this.executor = executor;
    this.vector = vector;
    this.option = option;
  }

  /** The name in options and tables. */
  String title() {
    return title;
  }

  /** Whether it needs what only {@link LibTorch} has. */
  boolean needsLibTorch() {
    return this == LIBTORCH;
  }

  /**
   * @throws InputException if no variant has that name; it suggests the nearest
   */
  static Variant named(String name) {
    List<String> names = Arrays.stream(values()).map(Variant::title).toList();
    return Arrays.stream(values())
        .filter(v -> v.title.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "unknown peer '%s', %s".formatted(name, Suggestion.forName(name, names))));
  }

  /**
   * The words that start the process.
   *
   * @param workload the workload's word
   * @param arrays its array file
   * @param threads how many threads it may use
   * @param libTorch the jar that {@link LibTorch} builds; the others need none
   */
  List<String> command(String workload, Path arrays, int threads, Path libTorch) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // the heap is touched at the start, or its first filling would look like growing memory
    words.addAll(
        List.of(
            "-XX:+UseParallelGC",
            "-XX:MaxNewSize=256m",
            "-Xms512m",
            "-Xmx4g",
            "-XX:+AlwaysPreTouch"));
    if (Runtime.version().feature() >= FIRST_THAT_WARNS) {
      words.add("--enable-native-access=ALL-UNNAMED");
      words.add("--sun-misc-unsafe-memory-access=allow");
    }
    if (needsLibTorch()) {
      words.addAll(List.of("-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true"));
      words.addAll(List.of("-cp", libTorch.toString(), "org.normfree.libtorch.LibTorchPeer"));
    } else {
      if (vector && ModuleFinder.ofSystem().find(VECTOR_MODULE).isPresent()) {
        words.add("--add-modules=" + VECTOR_MODULE);
      }
      words.add("-Dorg.nd4j.log.initialization=false");
      words.add("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
      if (!option.isEmpty()) {
        words.add(option);
      }
      words.addAll(List.of("-cp", System.getProperty("java.class.path")));
      words.add(ToolkitPeer.class.getName());
    }
    words.addAll(List.of(workload, arrays.toString(), Integer.toString(threads)));
    if (!needsLibTorch()) {
      words.add(executor);
    }
    return words;
  }

  /** All names, for help. */
  static String titles() {
    return Arrays.stream(values()).map(Variant::title).collect(Collectors.joining(", "));
  }
}
