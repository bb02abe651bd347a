package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.nn.Network;

/** Compiles and runs the code of {@code docs/add-a-method.md}. */
class AddAMethodDocTest {
  private static final Path PAGE = Path.of("..", "docs", "add-a-method.md");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\n(.*?)^```$");
  private static final Pattern CLASS = Pattern.compile("public final class (\\w+)");

  /** A class on the page. */
  private static final class Source extends SimpleJavaFileObject {
    private final String code;

    Source(String code) {
      super(uri(code), Kind.SOURCE);
      this.code = code;
    }

    private static URI uri(String code) {
      Matcher name = CLASS.matcher(code);
      assertThat(name.find()).as("the block is a class: %s", code).isTrue();
      return URI.create("string:///org/example/%s.java".formatted(name.group(1)));
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }
  }

  private static void compile(Path classes) throws IOException {
    List<Source> sources =
        BLOCK
            .matcher(Files.readString(PAGE))
            .results()
            .map((MatchResult block) -> new Source(block.group(1)))
            .toList();
    assertThat(sources).hasSize(2);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> options =
        List.of(
            "-d",
            classes.toString(),
            "-classpath",
            System.getProperty("java.class.path"),
            "-proc:none",
            "-Xlint:all,-classfile,-path",
            "-Werror");
    StringWriter messages = new StringWriter();
    List<? extends JavaFileObject> units = sources;
    boolean compiled = compiler.getTask(messages, null, null, options, null, units).call();
    assertThat(compiled).as(messages.toString()).isTrue();
  }

  @Test
  void theMethodOnThePageCompilesRegistersAndDifferentiates(@TempDir Path classes)
      throws IOException, ReflectiveOperationException {
    compile(classes);
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {classes.toUri().toURL()}, AddAMethodDocTest.class.getClassLoader())) {
      Class<?> example = loader.loadClass("org.example.SandwichLnVit");
      example.getMethod("register").invoke(null);
      assertThat(Methods.names()).contains("sandwich-ln");
      obeysItsFormula(Methods.create("sandwich-ln", MethodOptions.DEFAULTS));
      Network network =
          (Network)
              example
                  .getMethod("build", DataType.class, long.class)
                  .invoke(null, DataType.DOUBLE, 1);
      assertThat(network.norms()).hasSize(4 * 2 + 1);
      gradientAgreesWithFiniteDifferences(network);
    }
  }

  private static void obeysItsFormula(Method method) {
    SmallGraph graph = new SmallGraph();
    var y = graph.residual(method);
    graph.perturb();
    double[] gain = graph.values("block1.attention.norm.gain");
    double[] bias = graph.values("block1.attention.norm.bias");
    double[] outputGain = graph.values("block1.attention.output_norm.gain");
    double[] outputBias = graph.values("block1.attention.output_norm.bias");
    graph.assertTokens(
        y,
        x -> {
          double[] branch = SmallGraph.f(RowMath.layerNorm(x, gain, bias));
          return RowMath.add(x, RowMath.layerNorm(branch, outputGain, outputBias));
        });
  }

  private static void gradientAgreesWithFiniteDifferences(Network network) {
    SplittableRandom random = new SplittableRandom(2);
    Map<String, INDArray> in =
        Map.of(
            Network.INPUT, uniform(random, 3, 8, 8, 1),
            Network.LABELS, Nd4j.eye(10).castTo(DataType.DOUBLE).getRows(1, 4, 7));
    String[] names =
        network.parameters().stream().map(Network.Parameter::name).toArray(String[]::new);
    Map<String, INDArray> gradients = network.graph().calculateGradients(in, names);
    for (String name : names) {
      INDArray array = network.array(name);
      INDArray direction = uniform(random, array.shape());
      double h = 1e-6;
      array.addi(direction.mul(h));
      double up = network.graph().outputSingle(in, Network.LOSS).getDouble(0);
      array.subi(direction.mul(2 * h));
      double down = network.graph().outputSingle(in, Network.LOSS).getDouble(0);
      array.addi(direction.mul(h));
      double analytic = gradients.get(name).mul(direction).sumNumber().doubleValue();
      assertThat(analytic).as(name).isCloseTo((up - down) / (2 * h), within(1e-7));
    }
  }

  private static INDArray uniform(SplittableRandom random, long... shape) {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    return Nd4j.createFromArray(random.doubles(length, -1, 1).toArray()).reshape(shape);
  }
}
