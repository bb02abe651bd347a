package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.nn.Metric;

class CheckpointStoreTest {
  @TempDir private Path folder;

  private static Checkpoint checkpoint(long step) {
    return new Checkpoint(
        new Progress(step, 1, 42, Map.of("loss", new Metric.Share(0.1 + 0.2, 8))),
        Map.of("w", Nd4j.createFromArray((float) step, 2f), "alpha", Nd4j.createFromArray(0.5f)),
        Map.of(
            "step", Nd4j.scalar(DataType.INT64, step), "exp_avg.w", Nd4j.createFromArray(1f, 2f)),
        Map.of("ema/w", Nd4j.createFromArray(3f, 4f)));
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

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "hi-IN-u-nu-deva", "my-MM", "tr-TR"})
  void namesAreTheSameInEveryLanguage(String language) throws IOException {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(language));
    try {
      for (long step : new long[] {5, 10, 15}) {
        store().write(checkpoint(step));
      }
      assertThat(folders()).containsExactly("step-00000010", "step-00000015");
      assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(15)));
    } finally {
      Locale.setDefault(before);
    }
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
  void anotherFormatIsRefusedByItsNumber() throws IOException {
    store().write(checkpoint(5));
    Path state = folder.resolve("step-00000005/state.json");
    String text = Files.readString(state);
    assertThat(text).contains("\"format\" : 2");
    String old = text.replace("\"format\" : 2", "\"format\" : 1").replace("\"sums\"", "\"more\"");
    Files.writeString(state, old);
    assertThatThrownBy(() -> store().latest())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("step-00000005")
        .hasMessageContaining("format 1")
        .hasMessageNotContaining("damaged");
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

  @Test
  void anotherConfigurationsCheckpointIsNeverRemoved() throws IOException {
    store().write(checkpoint(5));
    store().write(checkpoint(7));
    CheckpointStore other = new CheckpointStore(folder, "other");
    for (Runnable write :
        List.<Runnable>of(
            () -> other.write(checkpoint(5)),
            () -> other.write(checkpoint(6)),
            () -> other.write(checkpoint(8)),
            () -> other.writeFinal(checkpoint(9)))) {
      assertThatThrownBy(write::run)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("another configuration");
      assertThat(folders()).containsExactly("step-00000005", "step-00000007");
      assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(7)));
    }
    store().writeFinal(checkpoint(9));
    assertThatThrownBy(() -> other.writeFinal(checkpoint(9))).isInstanceOf(InputException.class);
    assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(9)));
  }

  /** Whose it is stands in state.json; without it the folder may be anybody's. */
  @Test
  void aDamagedCheckpointOfNobodyKnownIsLeftAlone() throws IOException {
    for (String state : List.of("", "{", "[]", "{}")) {
      Path unknown = Files.createDirectories(folder.resolve("step-00000005"));
      Files.writeString(unknown.resolve("state.json"), state);
      Files.writeString(unknown.resolve("model.safetensors"), "weights");
      assertThatThrownBy(() -> store().write(checkpoint(5)))
          .as(state)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("step-00000005 is damaged")
          .hasMessageContaining("delete that folder");
      assertThat(unknown.resolve("model.safetensors")).hasContent("weights");
    }
    Files.writeString(
        folder.resolve("step-00000005").resolve("state.json"),
        "{\"format\": 9, \"config\": \"abc\"}");
    assertThatThrownBy(() -> store().write(checkpoint(5)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has format 9");
    Files.writeString(folder.resolve("step-00000005").resolve("state.json"), "{");
    for (long step : new long[] {6, 7, 8}) {
      store().write(checkpoint(step));
    }
    assertThat(folders()).containsExactly("step-00000005", "step-00000007", "step-00000008");
    store().writeFinal(checkpoint(9));
    assertThat(folders()).containsExactly("final", "step-00000005");
  }

  @Test
  void onlyItsOwnFoldersAreTakenForCheckpointsOrLeftOvers() throws IOException {
    List<String> users =
        new ArrayList<>(
            List.of(
                "films.partial",
                "final.partial.d",
                "step-5.partial",
                "step-00000004 copy.partial",
                "step-000000004",
                "step-99999999999999999999",
                "STEP-00000004",
                "final.old"));
    // a locale that knows ASCII alone cannot name it
    if (Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder().canEncode('\u0660')) {
      users.add("step-\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0664");
    }
    for (String name : users) {
      Files.writeString(Files.createDirectories(folder.resolve(name)).resolve("kept"), name);
    }
    Files.writeString(folder.resolve("step-00000003.partial"), "a file");
    Files.writeString(
        Files.createDirectories(folder.resolve("step-00000001.partial")).resolve("half"), "x");
    for (long step : new long[] {5, 6, 7}) {
      store().write(checkpoint(step));
    }
    store().writeFinal(checkpoint(8));
    for (String name : users) {
      assertThat(folder.resolve(name).resolve("kept")).hasContent(name);
    }
    assertThat(folder.resolve("step-00000003.partial")).hasContent("a file");
    assertThat(folder.resolve("step-00000001.partial")).doesNotExist();
    assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(8)));
  }

  @Test
  void aLinkToAnotherPlaceIsReadAndNotRemoved(@TempDir Path other) throws IOException {
    new CheckpointStore(other, "abc").write(checkpoint(5));
    Files.createSymbolicLink(folder.resolve("step-00000005"), other.resolve("step-00000005"));
    assertThat(store().latest().map(Bits::of)).contains(Bits.of(checkpoint(5)));
    store().write(checkpoint(6));
    store().write(checkpoint(7));
    store().writeFinal(checkpoint(8));
    assertThat(folders()).containsExactly("final", "step-00000005");
    assertThat(other.resolve("step-00000005").resolve("state.json")).isNotEmptyFile();
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
