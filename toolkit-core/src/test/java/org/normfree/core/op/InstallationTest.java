package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.normfree.core.op.OpContract.random;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The ops are there for whoever has the module on the class path, in a JVM of their own. */
class InstallationTest {
  /** A graph with every op; its output is y, its weight w. */
  private static SameDiff graph(long seed) {
    SameDiff sd = SameDiff.create();
    Ops ops = Ops.of(sd);
    SDVariable x = sd.constant("x", floats(seed, 5, 3, 7));
    SDVariable w = sd.var("w", floats(seed + 1, 7, 7));
    SDVariable gain = sd.var("gain", floats(seed + 2, 7));
    SDVariable bias = sd.var("bias", floats(seed + 3, 7));
    SDVariable one = sd.var("one", Nd4j.ones(DataType.FLOAT, 1));
    SDVariable hat = ops.sigmaReparam("hat", w, sd.constant("u", floats(seed + 4, 7)), one)[0];
    SDVariable h = ops.gelu("h", ops.linear("linear", x, hat, bias));
    SDVariable mixed = ops.attention("attention", h, h, h, 1);
    SDVariable deep = ops.deepNorm("deep", x, mixed, 1.5, gain, bias, 1e-5);
    SDVariable norm = ops.rmsNorm("rms", ops.layerNorm("norm", deep, gain, bias, 1e-5), gain, 1e-6);
    ops.dyt("y", norm, one, gain, bias).mul(sd.constant(floats(seed + 5, 5, 3, 7))).sum("loss");
    sd.setLossVariables("loss");
    return sd;
  }

  private static INDArray floats(long seed, long... shape) {
    return random(seed, 1, shape).castTo(DataType.FLOAT);
  }

  @Test
  void aProgramThatOnlyLoadsASavedGraphGetsTheSameNumbers(@TempDir Path folder)
      throws IOException, InterruptedException {
    SameDiff sd = graph(1);
    Path file = folder.resolve("graph.fb");
    sd.save(file.toFile(), false);
    // with the module this process has: loops with and without it differ in the last bits
    List<String> module = List.of("--add-modules", "jdk.incubator.vector");
    List<String> output = run(module, LoadAndRun.class, file.toString());
    assertThat(Nd4j.getExecutioner()).isInstanceOf(NormfreeExecutioner.class);
    assertThat(output)
        .contains("executioner " + Nd4j.getExecutioner().getClass().getName())
        .contains("result " + LoadAndRun.result(sd));
  }

  @Test
  void anotherExecutionerIsLoggedAndTheOpsAreRefused() throws IOException, InterruptedException {
    String other = Nd4j.getExecutioner().getClass().getSuperclass().getName();
    List<String> options = List.of("-Dopexec=" + other, "-Dorg.nd4j.log.initialization=false");
    List<String> output = run(options, ForeignExecutioner.class);
    assertThat(output)
        .contains("plain 42")
        .anySatisfy(
            line -> assertThat(line).startsWith("ERROR").contains(other, "ops will be refused"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("refused ND4J runs with the op executioner " + other)
                    .contains("remove your own 'opexec'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dnnl-[^/\\\\]*[.]jar", "dnnl-[^/\\\\]*_64[.]jar"})
  void withoutOneDnnTheJavaKernelsDoItsWorkAndOneLineSaysSo(String jars, @TempDir Path folder)
      throws IOException, InterruptedException {
    String all = System.getProperty("java.class.path");
    String rest =
        Arrays.stream(all.split(File.pathSeparator))
            .filter(entry -> !entry.matches(".*" + jars))
            .collect(Collectors.joining(File.pathSeparator));
    assumeTrue(rest.length() < all.length(), "no such jar on this platform");
    Path file = folder.resolve("graph.fb");
    graph(1).save(file.toFile(), false);
    List<String> expected =
        run(List.of("-Dnormfree.kernels=java"), LoadAndRun.class, file.toString());
    List<String> output = runWith(rest, List.of(), LoadAndRun.class, file.toString());
    assertThat(output).contains(expected.get(expected.size() - 1));
    assertThat(output)
        .filteredOn(line -> line.contains("onednn"))
        .singleElement()
        .asString()
        .startsWith("WARN")
        .contains("org.bytedeco:dnnl");
  }

  private static List<String> run(List<String> options, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    return runWith(System.getProperty("java.class.path"), options, main, arguments);
  }

  private static List<String> runWith(
      String classPath, List<String> options, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.addAll(options);
    command.add("-cp");
    command.add(classPath);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output.lines().toList();
  }

  @Test
  void twoThreadsComputeTheSameAsOneAlone() throws Exception {
    List<String> alone = List.of(LoadAndRun.result(graph(10)), LoadAndRun.result(graph(20)));
    assertThat(alone.get(0)).isNotEqualTo(alone.get(1));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      CyclicBarrier start = new CyclicBarrier(2);
      List<Callable<List<String>>> tasks = new ArrayList<>();
      for (long seed : new long[] {10, 20}) {
        tasks.add(
            () -> {
              List<String> results = new ArrayList<>();
              start.await(30, TimeUnit.SECONDS);
              for (int i = 0; i < 20; i++) {
                results.add(LoadAndRun.result(graph(seed)));
              }
              return results;
            });
      }
      List<Future<List<String>>> results = threads.invokeAll(tasks, 60, TimeUnit.SECONDS);
      for (int thread = 0; thread < 2; thread++) {
        assertThat(results.get(thread).get()).hasSize(20).containsOnly(alone.get(thread));
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
