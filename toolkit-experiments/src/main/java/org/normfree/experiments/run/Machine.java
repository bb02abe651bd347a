package org.normfree.experiments.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The processor that runs are computed on, and whether Java was given its vectors. */
final class Machine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final String VECTOR_API = "jdk.incubator.vector";

  private Machine() {}

  /** The processor's name, or its architecture where no name is to be had. */
  static String cpu() {
    return field(CPU_INFO, "model name")
        .or(() -> Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER")))
        .orElse(System.getProperty("os.arch"));
  }

  /**
   * How many bits the processor's widest vectors have: as the system lists its abilities, else as
   * the Vector API sees it; 0 where neither is there. In this order, because the first says the
   * same whether or not Java was given the Vector API.
   */
  static int vectorBits() {
    OptionalInt listed = vectorBits(CPU_INFO);
    return listed.isPresent() ? listed.getAsInt() : preferredBits();
  }

  /**
   * @param cpuInfo a file like {@code /proc/cpuinfo}
   * @return bits of the widest vectors it lists; empty if it does not tell
   */
  static OptionalInt vectorBits(Path cpuInfo) {
    Set<String> abilities =
        field(cpuInfo, "flags")
            .or(() -> field(cpuInfo, "Features"))
            .map(line -> Arrays.stream(line.split("\\s+")).collect(Collectors.toSet()))
            .orElse(Set.of());
    if (abilities.contains("avx512f")) {
      return OptionalInt.of(512);
    }
    if (abilities.contains("avx2") || abilities.contains("avx")) {
      return OptionalInt.of(256);
    }
    if (abilities.contains("sve")) {
      return OptionalInt.empty(); // its width is not among them
    }
    return abilities.contains("sse2") || abilities.contains("asimd")
        ? OptionalInt.of(128)
        : OptionalInt.empty();
  }

  /** Whether this Java was started with the Vector API. */
  static boolean hasVectorApi() {
    return ModuleLayer.boot().findModule(VECTOR_API).isPresent();
  }

  /** By name, since most Javas run without the module. */
  private static int preferredBits() {
    if (!hasVectorApi()) {
      return 0;
    }
    try {
      Object species =
          Class.forName(VECTOR_API + ".FloatVector").getField("SPECIES_PREFERRED").get(null);
      return (int)
          Class.forName(VECTOR_API + ".VectorSpecies").getMethod("vectorBitSize").invoke(species);
    } catch (ReflectiveOperationException e) {
      return 0; // an incubating module may change
    }
  }

  /** What stands behind a name's colon where it first comes. */
  private static Optional<String> field(Path cpuInfo, String name) {
    if (!Files.isReadable(cpuInfo)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(cpuInfo)) {
      return lines
          .filter(line -> line.startsWith(name) && line.indexOf(':') > 0)
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty(); // some containers hide it
    }
  }
}
