package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BiFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.method.Stack;
import org.normfree.core.model.dna.MambaMixer;
import org.normfree.core.model.dna.MambaShape;
import org.normfree.core.nn.Scope;

/** Cases of {@code mamba.json}. */
final class MambaGolden {
  private MambaGolden() {}

  static void register(GoldenFolder folder) {
    folder.kind("mamba", MambaGolden::one).kind("bimamba", MambaGolden::both);
  }

  private static void one(GoldenCase golden) {
    MambaShape shape = checked(golden, shape(golden, ""));
    Official names = new Official();
    directionNames(names, shape, "", "", false);
    endNames(names, "", "");
    agrees(golden, names, mixer(shape)::forward);
  }

  private static void both(GoldenCase golden) {
    MambaShape shape = checked(golden, shape(golden, "mamba_fwd."));
    boolean tied = golden.flag("tied");
    Official names = new Official();
    bothNames(names, shape, "", "", tied);
    MambaMixer mixer = mixer(shape);
    agrees(golden, names, (root, x) -> mixer.bothWays(root, x, tied));
  }

  private static void agrees(
      GoldenCase golden, Official names, BiFunction<Scope, SDVariable, SDVariable> part) {
    try (GoldenBlock block = new GoldenBlock(golden, part)) {
      names.load(block.network(), golden, "parameters");
      names.compare(golden, "gradients", block.train(golden));
    }
  }

  static MambaMixer mixer(MambaShape shape) {
    return new MambaMixer(
        shape, Methods.create("rms-norm", MethodOptions.DEFAULTS), Stack.encoderOnly(1), 0, 1);
  }

  /** The shape that the parameters of a mixer have. */
  static MambaShape shape(GoldenCase golden, String place) {
    String parameters = "parameters/" + place;
    long[] in = golden.shape(parameters + "in_proj.weight");
    long inner = in[0] / 2;
    return new MambaShape(
        Math.toIntExact(in[1]),
        Math.toIntExact(golden.shape(parameters + "A_log")[1]),
        Math.toIntExact(golden.shape(parameters + "conv1d.weight")[2]),
        Math.toIntExact(inner / in[1]),
        Math.toIntExact(golden.shape(parameters + "dt_proj.weight")[1]));
  }

  private static MambaShape checked(GoldenCase golden, MambaShape shape) {
    assertThat(shape)
        .isEqualTo(
            new MambaShape(
                shape.width(),
                golden.integer("dState"),
                golden.integer("dConv"),
                golden.integer("expand"),
                golden.integer("dtRank")));
    return shape;
  }

  static void bothNames(
      Official names, MambaShape shape, String official, String ours, boolean tied) {
    directionNames(names, shape, official + "mamba_fwd.", ours + "forward.", false);
    directionNames(names, shape, official + "mamba_rev.", ours + "backward.", true);
    if (tied) {
      endNames(names, official + "mamba_fwd.", ours);
    } else {
      endNames(names, official + "mamba_fwd.", ours + "forward.");
      endNames(names, official + "mamba_rev.", ours + "backward.");
    }
  }

  private static void endNames(Official names, String official, String ours) {
    names.linear(official + "in_proj.weight", ours + "value.weight", 0, 2, -1, -1);
    names.linear(official + "in_proj.weight", ours + "gate.weight", 1, 2, -1, -1);
    names.linear(official + "out_proj.weight", ours + "out.weight");
  }

  private static void directionNames(
      Official names, MambaShape shape, String official, String ours, boolean backward) {
    int rank = shape.rank();
    int state = shape.state();
    names
        .depthwise(official + "conv1d", ours + "conv", backward)
        .linear(official + "x_proj.weight", ours + "low.weight", 0, 3, 0, rank)
        .linear(official + "x_proj.weight", ours + "write.weight", 1, 3, rank, state)
        .linear(official + "x_proj.weight", ours + "read.weight", 2, 3, rank + state, state)
        .linear(official + "dt_proj.weight", ours + "step.weight")
        .same(official + "dt_proj.bias", ours + "scan.bias")
        .same(official + "A_log", ours + "scan.log_a")
        .same(official + "D", ours + "scan.skip");
  }
}
