package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Bfloat16Test {
  @TempDir Path folder;

  /** What the system tells of the processor is what the library says of itself. */
  @ParameterizedTest
  @ValueSource(strings = {"auto", "onednn", "java", "nd4j"})
  void whatTheSystemTellsIsWhatTheKernelsSay(String choice) {
    assertThat(Bfloat16.missing(choice, "auto").isEmpty())
        .isEqualTo(Kernel.missingForBfloat16(Kernels.load(choice)).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "fpu avx512f avx512_bf16 amx_bf16, true",
    "fpu avx2 avx_ne_convert, true",
    "fpu avx512f avx512_bf16x, false",
    "fpu, false"
  })
  void wordsAreReadWhole(String flags, boolean has) throws IOException {
    Path told = folder.resolve("cpuinfo");
    Files.writeString(told, "processor\t: 0\nflags\t\t: " + flags + "\nbugs : avx512_bf16\n");
    assertThat(Bfloat16.has(told)).contains(has);
  }

  @Test
  void whatIsNotToldIsNotGuessed() throws IOException {
    assertThat(Bfloat16.has(folder.resolve("missing"))).isEmpty();
    assertThat(Bfloat16.has(folder)).isEmpty();
    Path other = Files.writeString(folder.resolve("cpuinfo"), "Features : fp asimd bf16\n");
    assertThat(Bfloat16.has(other)).isEmpty();
  }
}
