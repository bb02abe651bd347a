package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.record.DataIdentity;
import org.normfree.experiments.ErrorStream;
import org.normfree.experiments.FileTree;
import org.normfree.experiments.cli.ToolkitRunner;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.problem.LanguageModeling;
import org.normfree.experiments.problem.Translating;
import org.normfree.experiments.training.Problem;

/** A run records what it was trained on, and goes on with nothing else. */
class DataIdentityTest {
  private static final List<String> TINY =
      List.of("width=8", "heads=1", "depth=1", "warmup=0", "steps=1");

  @TempDir Path folder;
  private final SplittableRandom random = new SplittableRandom(7);
  private final ErrorStream errors = new ErrorStream();

  private ToolkitRunner.Output run(String experiment, String... settings) {
    List<String> words = new ArrayList<>(List.of("run", experiment));
    words.addAll(TINY);
    words.addAll(List.of(settings));
    words.addAll(List.of("--out", folder.resolve("out").toString()));
    return ToolkitRunner.run(words);
  }

  private void succeeds(String experiment, String... settings) {
    ToolkitRunner.Output output = run(experiment, settings);
    assertThat(output.exitCode()).as(output.err()).isZero();
  }

  /** Leaves a run as one that was killed before its end. */
  private void interrupt() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("out"))) {
      for (Path file : all.filter(f -> f.endsWith("DONE") || f.endsWith("summary.json")).toList()) {
        Files.delete(file);
      }
    }
  }

  private void refuses(String message, String experiment, String... settings) throws IOException {
    Map<String, String> before = FileTree.of(folder);
    AtomicReference<ToolkitRunner.Output> end = new AtomicReference<>();
    errors.during(() -> end.set(run(experiment, settings)));
    ToolkitRunner.Output output = end.get();
    assertThat(output.exitCode()).as(output.err()).isEqualTo(2);
    assertThat(output.err().strip().lines()).hasSize(1);
    assertThat(errors.text()).isEmpty(); // it does not go on first
    assertThat(output.err())
        .contains("was begun on other data")
        .contains(message)
        .contains("put the data back as it was, or choose another directory");
    assertThat(FileTree.of(folder)).isEqualTo(before);
  }

  private Path image(String name) throws IOException {
    Path file = folder.resolve("images").resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64; i++) {
      image.setRGB(i % 8, i / 8, random.nextInt(1 << 24));
    }
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
    return file;
  }

  private String[] images(String... more) throws IOException {
    for (String name : List.of("cat", "dog")) {
      for (int i = 0; i < 11; i++) {
        image("train/" + name + "/" + i + ".png");
      }
      image("test/" + name + "/0.png");
    }
    return settings(folder.resolve("images"), more);
  }

  private static String[] settings(Path data, String... more) {
    return Stream.concat(Stream.of("data.path=" + data), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void imagesInAFolder() throws IOException {
    String[] settings = images("data=folder", "patch=4", "batch=8");
    succeeds("train", settings);
    assertThat(folder.resolve("out/data.json"))
        .content(StandardCharsets.UTF_8)
        .contains("\"data=folder data.path=", "\"count\" : 2", "images of 8×8×3", "(cat, dog)");
    interrupt();
    Path more = image("train/dog/new.png");
    refuses("train is 21 images of 8×8×3, it was 20 images of 8×8×3", "train", settings);
    Files.delete(more);
    Path other = folder.resolve("images/test/cat/0.png");
    byte[] content = Files.readAllBytes(other);
    image("test/cat/0.png");
    refuses("test is 2 images of 8×8×3 of other content (SHA-256 ", "train", settings);
    Files.write(other, content);
    Files.move(folder.resolve("images/train/dog"), folder.resolve("images/train/hound"));
    Files.move(folder.resolve("images/test/dog"), folder.resolve("images/test/hound"));
    refuses("classes is 2 classes (cat, hound), it was 2 classes (cat, dog)", "train", settings);
    Files.move(folder.resolve("images/train/hound"), folder.resolve("images/train/dog"));
    Files.move(folder.resolve("images/test/hound"), folder.resolve("images/test/dog"));
    succeeds("train", settings);
  }

  /** The runs of a table have seen the same data, also those that begin after an interruption. */
  @Test
  void theRunsOfASweepThatAreStillToBegin() throws IOException {
    String[] settings = images("data=folder", "patch=4", "batch=8", "seeds=2");
    succeeds("train", settings);
    interrupt();
    Path second = folder.resolve("out/runs/dyt-seed2");
    Path away = folder.resolve("away");
    Files.move(second, away);
    for (int seed = 1; seed <= 2; seed++) {
      Path done = folder.resolve("out/runs/dyt-seed1/DONE");
      if (seed == 1) {
        Files.writeString(done, "");
      } else {
        Files.delete(done);
      }
      Path more = image("train/dog/new.png");
      refuses("train is 21 images", "train", settings);
      Files.delete(more);
    }
    succeeds("train", settings);
    assertThat(second.resolve("data.json")).hasSameBinaryContentAs(away.resolve("data.json"));
  }

  /** It is read back, and nothing is trained; its data may be gone for good. */
  @Test
  void aFinishedRunNeedsItsDataNoMore() throws IOException {
    String[] settings = images("data=folder", "patch=4", "batch=8");
    succeeds("train", settings);
    Files.move(folder.resolve("images"), folder.resolve("elsewhere"));
    succeeds("train", settings);
  }

  @Test
  void cifar10() throws IOException {
    byte[] records = new byte[3073 * 100];
    random.nextBytes(records);
    IntStream.range(0, 100).forEach(i -> records[3073 * i] = (byte) (i % 10));
    Path data = Files.createDirectory(folder.resolve("cifar"));
    Path train = Files.write(data.resolve("data_batch_1.bin"), records);
    byte[] others = records.clone();
    others[1] ^= 1;
    Files.write(data.resolve("test_batch.bin"), others);
    String[] settings = settings(data, "data=cifar10", "patch=8", "batch=8");
    succeeds("train", settings);
    interrupt();
    byte[] changed = records.clone();
    changed[3073 * 50 + 7] ^= 1;
    Files.write(train, changed);
    refuses("images of 32×32×3 of other content", "train", settings);
  }

  @Test
  void mnist() throws IOException {
    Path data = Files.createDirectory(folder.resolve("mnist"));
    for (String part : List.of("train", "t10k")) {
      Files.write(data.resolve(part + "-images-idx3-ubyte"), idx(100, 28, 28));
      byte[] labels = idx(100);
      IntStream.range(0, 100).forEach(i -> labels[8 + i] = (byte) (i % 10));
      Files.write(data.resolve(part + "-labels-idx1-ubyte"), labels);
    }
    String[] settings = settings(data, "data=mnist", "patch=14", "batch=8");
    succeeds("train", settings);
    interrupt();
    Path labels = data.resolve("t10k-labels-idx1-ubyte");
    byte[] swapped = Files.readAllBytes(labels);
    swapped[8] = 3;
    Files.write(labels, swapped);
    refuses("test is 100 images of 28×28×1 of other content", "train", settings);
  }

  @Test
  void speech() throws IOException {
    Path data = Files.createDirectory(folder.resolve("speech"));
    for (String word : List.of("no", "yes")) {
      for (int take = 0; take < 10; take++) {
        Files.write(data.resolve(word + "_ann_" + take + ".wav"), wav(500));
      }
    }
    String[] settings =
        settings(data, "data=folder", "crop.seconds=0.2", "position.kernel=2", "judge=false");
    succeeds("listen", settings);
    interrupt();
    Path first = data.resolve("yes_ann_0.wav");
    byte[] content = Files.readAllBytes(first);
    Files.write(first, wav(500));
    refuses("test is 4 recordings of other content", "listen", settings);
    Files.write(first, content);
    Files.move(data.resolve("yes_ann_9.wav"), data.resolve("yes_bob_9.wav"));
    refuses("speakers is 2 classes (ann, bob), it was 1 classes (ann)", "listen", settings);
  }

  /** Noise of 16 bits at 8 kHz. */
  private byte[] wav(int samples) {
    ByteBuffer wav = ByteBuffer.allocate(44 + 2 * samples).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 2 * samples);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 1).putShort((short) 1).putInt(8000).putInt(16_000);
    wav.putShort((short) 2).putShort((short) 16);
    wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * samples);
    for (int i = 0; i < samples; i++) {
      wav.putShort((short) random.nextInt(-9000, 9000));
    }
    return wav.array();
  }

  private byte[] idx(int... sizes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {0, 0, 8, (byte) sizes.length});
    int values = 1;
    for (int size : sizes) {
      out.write(ByteBuffer.allocate(4).putInt(size).array());
      values *= size;
    }
    byte[] content = new byte[values];
    random.nextBytes(content);
    out.write(content);
    return out.toByteArray();
  }

  @Test
  void sentencePairsInOneFileOrInTwo() throws IOException {
    List<String> sources = IntStream.range(0, 200).mapToObj(i -> "word" + i + " and more").toList();
    List<String> targets = IntStream.range(0, 200).mapToObj(i -> "Wort" + i + " und mehr").toList();
    Path tsv =
        Files.write(
            folder.resolve("pairs.tsv"),
            IntStream.range(0, 200).mapToObj(i -> sources.get(i) + "\t" + targets.get(i)).toList());
    DataIdentity one = identity(Translating.KIND, settings(tsv, "data=tsv"));
    String content = Files.readString(tsv);
    Files.writeString(tsv, content.replace("Wort7 ", "Wort8 "));
    assertThat(identity(Translating.KIND, settings(tsv, "data=tsv")).differencesFrom(one.parts()))
        .anyMatch(line -> line.contains("sentence pairs of other content"));
    Files.writeString(tsv, content + "one more\tnoch eins\n");
    assertThat(identity(Translating.KIND, settings(tsv, "data=tsv")).differencesFrom(one.parts()))
        .anyMatch(line -> line.contains("sentence pairs, it was"));

    Path aligned = Files.createDirectory(folder.resolve("aligned"));
    for (String part : List.of("train", "val", "test")) {
      Files.write(aligned.resolve(part + ".en"), sources);
      Files.write(aligned.resolve(part + ".de"), targets);
    }
    DataIdentity before = identity(Translating.KIND, settings(aligned, "data=aligned"));
    assertThat(identity(Translating.KIND, settings(aligned, "data=aligned"))).isEqualTo(before);
    Files.write(aligned.resolve("val.de"), targets.stream().map(t -> t + "!").toList());
    assertThat(
            identity(Translating.KIND, settings(aligned, "data=aligned"))
                .differencesFrom(before.parts()))
        .singleElement()
        .asString()
        .startsWith("validation is 200 sentence pairs of other content");
  }

  private static DataIdentity identity(Problem.Kind kind, String... settings) {
    return kind.of()
        .apply(Config.resolve(kind.name(), kind.keys(), Optional.empty(), List.of(settings)))
        .data();
  }

  @Test
  void runningText() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), "the same words again\n".repeat(300));
    String[] settings = settings(text, "data=plain", "tokenizer=character", "vocabulary=0");
    DataIdentity before = identity(LanguageModeling.KIND, settings);
    assertThat(identity(LanguageModeling.KIND, settings)).isEqualTo(before);
    Files.writeString(text, "the sane words again\n".repeat(300));
    assertThat(identity(LanguageModeling.KIND, settings).differencesFrom(before.parts()))
        .anyMatch(line -> line.startsWith("train is 5691 characters of other content"))
        .contains("tokenizer is 19 tokens, it was 20 tokens")
        .hasSize(4);
  }
}
