package org.normfree.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineTest {
  @TempDir Path folder;

  private OptionalInt bits(String line) throws IOException {
    return Machine.vectorBits(
        Files.writeString(
            folder.resolve("cpuinfo"),
            "processor\t: 0\nmodel name\t: some avx512f\n" + line + "\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "flags\t\t: fpu sse sse2 avx avx2 avx512f avx512dq, 512",
    "flags\t\t: fpu sse sse2 ssse3 avx avx2 bmi2, 256",
    "flags\t\t: fpu sse sse2 ssse3, 128",
    "Features\t: fp asimd evtstrm aes, 128"
  })
  void theWidestVectorsOfThoseListedCount(String line, int expected) throws IOException {
    assertThat(bits(line)).hasValue(expected);
  }

  @ParameterizedTest
  @CsvSource({"Features\t: fp asimd sve sve2", "flags\t\t: fpu", "isa\t: rv64imafdc", "flags"})
  void whereItIsNotListedItIsNotKnown(String line) throws IOException {
    assertThat(bits(line)).isEmpty();
  }

  @Test
  void withoutAListItIsNotKnown() {
    assertThat(Machine.vectorBits(folder.resolve("nowhere"))).isEmpty();
    assertThat(Machine.vectorBits(folder)).isEmpty();
  }

  @Test
  void thisMachineHasAName() {
    assertThat(Machine.cpu()).isNotBlank();
    assertThat(Machine.vectorBits()).isIn(0, 64, 128, 256, 512, 1024, 2048);
  }
}
