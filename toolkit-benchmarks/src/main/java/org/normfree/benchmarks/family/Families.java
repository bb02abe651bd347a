package org.normfree.benchmarks.family;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.train.Trainer;

/** All families of networks, and what is the same for all of them. */
public final class Families {
  /** All of them, in the order of tables. */
  public static final List<Family<?>> ALL =
      List.of(
          new VitFamily(),
          new LmFamily(),
          new ConvNeXtFamily(),
          new MaeFamily(),
          new DitFamily(),
          new ResNetFamily(),
          new HyenaFamily(),
          new CaduceusFamily(),
          new Wav2VecFamily());

  private Families() {}

  /** The network that a workload trains. */
  public static Network build(Workload.Training workload) {
    return build(of(workload), workload);
  }

  private static <W extends Workload.Training> Network build(
      Family<W> family, Workload.Training workload) {
    return family.build(family.workloads().cast(workload));
  }

  /** The same in SameDiff without the toolkit; empty if the family is not written so. */
  public static Optional<Network> plain(Workload.Training workload) {
    return plain(of(workload), workload);
  }

  private static <W extends Workload.Training> Optional<Network> plain(
      Family<W> family, Workload.Training workload) {
    return family.plain().map(build -> build.apply(family.workloads().cast(workload)));
  }

  /**
   * The parameters of the network, what it is fed with, and constants; drawn once for all peers.
   */
  public static Map<String, ArrayFile.Array> arrays(Workload.Training workload) {
    return arrays(of(workload), workload);
  }

  private static <W extends Workload.Training> Map<String, ArrayFile.Array> arrays(
      Family<W> family, Workload.Training workload) {
    Network network = build(family, workload);
    Map<String, ArrayFile.Array> arrays = new LinkedHashMap<>();
    Trainer.parameters(network).forEach((name, array) -> arrays.put(name, Draw.copy(array)));
    family.constants().forEach(name -> arrays.put(name, Draw.copy(network.array(name))));
    Map<String, ArrayFile.Array> batch = family.batch(family.workloads().cast(workload));
    arrays.putAll(batch);
    Map<String, INDArray> values = new LinkedHashMap<>();
    batch.forEach((name, array) -> values.put(name, array(array)));
    for (RandomInput random : network.randoms()) {
      long[] shape = random.shape().stream().mapToLong(size -> size.among(values)).toArray();
      arrays.put(random.name(), Draw.from(random.distribution(), random.name(), shape));
    }
    return arrays;
  }

  /** The values of a network's placeholders, in the types that they have. */
  public static Map<String, INDArray> batch(Network network, Map<String, ArrayFile.Array> arrays) {
    Map<String, INDArray> batch = new LinkedHashMap<>();
    network
        .graph()
        .variables()
        .forEach(
            variable -> {
              if (variable.isPlaceHolder()) {
                batch.put(
                    variable.name(),
                    array(arrays.get(variable.name())).castTo(variable.dataType()));
              }
            });
    return batch;
  }

  /** An array of the file as ND4J has it. */
  public static INDArray array(ArrayFile.Array array) {
    return Nd4j.createFromArray(array.elements()).reshape(array.shape());
  }

  private static Family<?> of(Workload.Training workload) {
    return ALL.stream()
        .filter(family -> family.workloads().isInstance(workload))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no family trains " + workload));
  }
}
