package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

class CheckpointStoreTest {
  @TempDir private Path folder;

  private static Checkpoint checkpoint(long step) {
    return new Checkpoint(
        new Progress(step, 1, 42, 0.1 + 0.2, 3, 8),
        Map.of("w", Nd4j.createFromArray((float) step, 2f), "alpha", Nd4j.createFromArray(0.5f)),
        Map.of(
            "step", Nd4j.scalar(DataType.INT64, step), "exp_avg.w", Nd4j.createFromArray(1f, 2f)),
        Map.of("w", Nd4j.createFromArray(3f, 4f)));
  }

  private CheckpointStore store() {
    return new CheckpointStore(folder, "abc");
  }

  private List<String> folders() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void isEmptyAtFirst() {
    assertThat(new CheckpointStore(folder.resolve("none"), "abc").latest()).isEmpty();
  }

  @Test
  void givesBackTheNewestAndKeepsTwo() throws IOException {
    store().write(checkpoint(5));
    assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(5)));
    store().write(checkpoint(10));
    store().write(checkpoint(15));
    assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(15)));
    assertThat(folders()).containsExactly("step-00000010", "step-00000015");
    store().write(checkpoint(200_000_000));
    assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(200_000_000)));
  }

  @Test
  void theFinalCheckpointReplacesTheOthers() throws IOException {
    store().write(checkpoint(5));
    store().write(checkpoint(10));
    store().writeFinal(checkpoint(12));
    assertThat(folders()).containsExactly("final");
    assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(12)));
    store().writeFinal(checkpoint(12));
    assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(12)));
  }

  @Test
  void equalCheckpointsHaveEqualBytes(@TempDir Path other) throws IOException {
    store().write(checkpoint(5));
    new CheckpointStore(other, "abc").write(checkpoint(5));
    for (String name : List.of("model.safetensors", "optimizer.safetensors", "state.json")) {
      assertThat(folder.resolve("step-00000005").resolve(name))
          .hasSameBinaryContentAs(other.resolve("step-00000005").resolve(name));
    }
  }

  /** Whatever byte the process dies at, the next one finds the checkpoint before. */
  @Test
  void aKillDuringAWriteLeavesThePreviousOne() throws IOException {
    store().write(checkpoint(5));
    for (long bytes = 0; ; bytes += 7) {
      Disk disk = new Disk(bytes, () -> new Killed());
      try {
        new CheckpointStore(folder, "abc", disk::file).write(checkpoint(6));
        break;
      } catch (Killed e) {
        assertThat(folders()).contains("step-00000006.partial");
        assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(5)));
      }
      assertThat(bytes).isLessThan(10_000);
    }
    assertThat(folders()).containsExactly("step-00000005", "step-00000006");
    assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(6)));
  }

  @Test
  void aFullDiskIsAClearErrorAndLeavesThePreviousOne() throws IOException {
    for (boolean first : new boolean[] {true, false}) {
      Disk disk = new Disk(300, () -> new IOException("No space left on device"));
      CheckpointStore full = new CheckpointStore(folder, "abc", disk::file);
      assertThatThrownBy(() -> full.write(checkpoint(6)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("step-00000006")
          .hasMessageContaining("No space left on device")
          .hasMessageContaining(first ? "from the start" : "step-00000005");
      if (first) {
        assertThat(folders()).isEmpty();
        store().write(checkpoint(5));
      }
    }
    assertThat(folders()).containsExactly("step-00000005");
    assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(5)));
  }

  @Test
  void everyDamageIsNoticedAndTheWayBackNamed() throws IOException {
    store().write(checkpoint(5));
    store().write(checkpoint(6));
    Path newest = folder.resolve("step-00000006");
    for (String name : List.of("model.safetensors", "optimizer.safetensors", "state.json")) {
      Path file = newest.resolve(name);
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(whole, whole.length / 2));
      assertDamaged(name);
      if (!name.equals("state.json")) {
        byte[] flipped = whole.clone();
        flipped[whole.length - 1] ^= 1;
        Files.write(file, flipped);
        assertDamaged(name);
      }
      Files.delete(file);
      assertDamaged(name);
      Files.write(file, whole);
      assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(6)));
    }
  }

  private void assertDamaged(String name) {
    assertThatThrownBy(() -> store().latest())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("step-00000006")
        .hasMessageContaining(name)
        .hasMessageContaining("resume from step-00000005");
  }

  @Test
  void aDamagedCheckpointIsReplacedWhenItsStepComesAgain() throws IOException {
    store().write(checkpoint(5));
    Files.write(folder.resolve("step-00000005").resolve("model.safetensors"), new byte[3]);
    store().write(checkpoint(5));
    assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(5)));
  }

  @Test
  void anotherConfigurationIsRefused() {
    store().write(checkpoint(5));
    assertThatThrownBy(() -> new CheckpointStore(folder, "other").latest())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("another configuration");
  }

  /** The process is gone: nothing after it runs, no clean-up either. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Takes a number of bytes over all its files and then fails. */
  private static final class Disk {
    private final Supplier<Throwable> failure;
    private long left;

    Disk(long capacity, Supplier<Throwable> failure) {
      this.left = capacity;
      this.failure = failure;
    }

    OutputStream file(OutputStream target) {
      return new FilterOutputStream(target) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          int taken = (int) Math.min(left, length);
          out.write(bytes, offset, taken);
          left -= taken;
          if (taken < length) {
            Throwable thrown = failure.get();
            if (thrown instanceof IOException e) {
              throw e;
            }
            throw (Error) thrown;
          }
        }
      };
    }
  }
}
