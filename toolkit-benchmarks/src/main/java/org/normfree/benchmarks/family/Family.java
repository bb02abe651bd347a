package org.normfree.benchmarks.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.nn.Network;

/**
 * A family of networks. libtorch's side of it is a script in the module {@code libtorch}.
 *
 * @param <W> the workloads that train one of it
 */
public interface Family<W extends Workload.Training> {
  /** The option that stands for every family's usual norm. */
  String PRE_LN = "pre-ln";

  /** Seed of initial parameters. */
  long SEED = 1;

  /** The workloads that train one of it. */
  Class<W> workloads();

  /** Its networks, large to small. */
  List<Shape> shapes();

  /** The methods that all sides have, the one with its usual norm first. */
  default List<String> methods() {
    return List.of(PRE_LN, "dyt");
  }

  /** Builds the network as the toolkit has it. */
  Network build(W workload);

  /**
   * Builds the same network, with parameters of the same names, in SameDiff without the toolkit;
   * empty if it is not written so.
   */
  default Optional<Function<W, Network>> plain() {
    return Optional.empty();
  }

  /** The largest relative difference of losses of the first five steps in float32. */
  default double tolerance() {
    return 1e-4;
  }

  /** What the network is fed with, by placeholder, without its random inputs. */
  Map<String, ArrayFile.Array> batch(W workload);

  /** Constants of the network that another side needs too. */
  default List<String> constants() {
    return List.of();
  }

  /** Its network of that name, if there is one. */
  default Optional<Shape> shape(String name) {
    return shapes().stream().filter(shape -> shape.name().equals(name)).findFirst();
  }

  /** Those of its methods that a user means; its usual norm where it has none of them. */
  default List<String> chosen(List<String> asked) {
    String norm = methods().get(0);
    List<String> own =
        asked.stream()
            .map(method -> method.equals(PRE_LN) ? norm : method)
            .filter(methods()::contains)
            .toList();
    return own.isEmpty() ? List.of(norm) : own;
  }

  /** A method with its usual options. */
  static Method method(String name) {
    return Methods.create(name, MethodOptions.DEFAULTS);
  }
}
