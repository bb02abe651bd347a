package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.experiments.cli.ToolkitRunner;

/** What a user can get wrong in {@code toolkit run train}: one line, exit code 2, nothing left. */
class BadInputTest {
  @TempDir Path folder;

  @BeforeEach
  void badData() throws IOException {
    Path cifar = Files.createDirectory(folder.resolve("cifar"));
    Files.write(cifar.resolve("data_batch_1.bin"), new byte[3073 * 2 - 5]);
    Files.write(cifar.resolve("test_batch.bin"), new byte[3073]);
    Path mnist = Files.createDirectory(folder.resolve("mnist"));
    for (String name : List.of("train-images-idx3", "t10k-images-idx3")) {
      Files.write(
          mnist.resolve(name + "-ubyte"),
          new byte[] {0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3});
    }
    for (String name : List.of("train-labels-idx1", "t10k-labels-idx1")) {
      Files.write(mnist.resolve(name + "-ubyte"), new byte[] {0, 0, 8, 1, 0, 0, 0, 9, 1, 2, 3});
    }
    for (String name : List.of("cats", "dogs")) {
      Path images = Files.createDirectories(folder.resolve("images/" + name));
      for (String image : List.of("a.png", "b.png", "c.png")) {
        Files.writeString(images.resolve(image), "this is text");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method=dytt | did you mean 'dyt'",
        "widht=32 | did you mean 'width'",
        "model=vitt | did you mean 'vit'",
        "data=digit | did you mean 'digits'",
        "width=10 heads=3 | width=10 is not divisible by heads=3",
        "patch=3 | patch=3 does not divide the image of 8×8",
        "depth=-1 | depth=-1",
        "alpha0=NaN | alpha0=NaN",
        "data=cifar10 data.path=DIR/nowhere | nowhere",
        "data=cifar10 data.path=DIR/cifar | 3073",
        "data=mnist data.path=DIR/mnist | train-images-idx3-ubyte",
        "data=folder data.path=DIR/images | a.png",
        "data=cifar10 | data.path",
        "model=convnext heads=5 | heads=5 is nothing that model=convnext has",
        "model=vit-tiny width=64 | width=64 is nothing that model=vit-tiny has",
        "model=convnext kernel=4 | kernel=4",
        "model=resnet dims=8,16 depths=1 | dims=8,16 and depths=1",
        "model=vgg-19 | 5 poolings use images of 8×8 pixels up",
        "model=resnet optimizer=muon | optimizer=muon with a model",
        "optimizer=muon step.adaptation=scale | step.adaptation=scale with optimizer=muon",
        "muon.momentum=1 | muon.momentum=1",
        "model=convnext method=deepnorm | method deepnorm cannot serve",
        "crop=8 | crop padding is 8, expected less than the 8×8 pixels",
        "crop.area=1.5 | crop.area=1.5",
        "randaugment=31 | randaugment=31",
        "cutmix=-1 | cutmix=-1",
        "threads=0 | threads=0",
        "executor=fast | executor=fast",
        "executor=stock precision=bf16 | only executor=compiled has it",
        "optimizer=lamb step.adaptation=gain | optimizer=lamb, which has no such steps",
        "seed=9223372036854775807 | go past the largest seed",
        "seed=9223372036854775800 seeds=9 | seeds=9 go past the largest seed",
        "seeds=2000000000 | seeds=2000000000",
        "depth=2000000000 | depth=2000000000",
        "threads=2000000000 | threads=2000000000",
        "model=convnext depths=1,1,1,2000000000 | depths=1,1,1,2000000000",
        "mlp.ratio=1e9 | mlp.ratio=1.0E9 of 48 channels is more than can be counted",
        "mlp.ratio=1e-9 | less than half a channel",
        "mlp.ratio=1e7 | make the network smaller",
        "width=100000000 heads=1 | make the network smaller",
        "width=150000 heads=1 | make the network smaller",
        "model=mlp dims=2000000000 | make the network smaller",
        "model=convnext dims=40000000,8 depths=1,1 | make the network smaller",
        "lr=0.003 lr.min=5 | lr.min=5 is above lr=0.003",
        "lr.min=0.0031 seeds=2 | lr.min=0.0031 is above lr=0.003",
        "warmup=100 epochs=1 | warmup=100 is 3700 steps (37 an epoch), longer than the run of 37",
        "warmup=1e300 | longer than the run"
      })
  void isOneLineThatSaysWhatAndHow(String settings, String message) throws IOException {
    List<String> words = new ArrayList<>(List.of("run", "train", "seeds=2"));
    Arrays.stream(settings.split(" "))
        .map(word -> word.replace("DIR", folder.toString()))
        .forEach(words::add);
    words.addAll(List.of("--out", folder.resolve("out").toString()));
    ToolkitRunner.Output output = ToolkitRunner.run(words);
    assertThat(output.exitCode()).as(output.err()).isEqualTo(2);
    assertThat(output.err().strip().lines()).as(output.err()).hasSize(1);
    assertThat(output.err()).contains(message).doesNotContain("Exception");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("cifar", "mnist", "images");
    }
  }
}
