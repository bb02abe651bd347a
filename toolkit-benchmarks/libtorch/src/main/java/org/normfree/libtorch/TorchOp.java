package org.normfree.libtorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Peer;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.benchmarks.peer.WorkloadFile;

/** DyT as the four ops of its authors' code, and libtorch's own norms, forward and backward. */
final class TorchOp implements Peer {
  private static final String NAME = "Op";
  private static final String SOURCE =
      """
      class Op(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
        results : List[Tensor]
        def forward(self: __torch__.Op, given: List[Tensor], upstream: Tensor) -> Tensor:
          p = annotate(List[Tensor], [])
          for t in given:
            _0 = torch.append(p, torch.requires_grad_(torch.detach(t), True))
          y = OP
          r = [torch.detach(y)]
          for u in torch.grad([y], p, annotate(List[Optional[Tensor]], [upstream])):
            _1 = torch.append(r, unchecked_cast(Tensor, u))
          self.results = r
          return torch.detach(y)
        def sums(self: __torch__.Op, x: Tensor) -> Tensor:
          s = annotate(List[Tensor], [])
          for t in self.results:
            _0 = torch.append(s, torch.sum(torch.abs(t)))
          return torch.stack(s)
        def output(self: __torch__.Op, p: List[Tensor]) -> Tensor:
          y = OP
          return y
      """;

  private final TorchModule module;
  private final NDArray[] inputs;
  private final NDArray[] given;

  TorchOp(Workload.Op op, Map<String, ArrayFile.Array> arrays) throws IOException {
    module = new TorchModule(NAME, SOURCE.replace("OP\n", call(op) + "\n"), List.of("results"));
    NDList list = new NDList();
    for (String name : op.inputs()) {
      NDArray array = module.array(arrays.get(name));
      array.setName("given[]");
      list.add(array);
    }
    given = list.toArray(new NDArray[0]);
    list.add(module.array(arrays.get(WorkloadFile.UPSTREAM)));
    inputs = list.toArray(new NDArray[0]);
  }

  private static String call(Workload.Op op) {
    String shape = "[%s]".formatted(op.width());
    String epsilon = Training.number(Workload.Training.EPSILON);
    return switch (op.op()) {
      case "dyt" -> "torch.add(torch.mul(torch.tanh(torch.mul(p[0], p[1])), p[2]), p[3])";
      case "deep-norm" ->
          "torch.layer_norm(torch.add(p[1], p[0], alpha=%s), %s, p[2], p[3], %s)"
              .formatted(Training.number(Workload.Op.ALPHA), shape, epsilon);
      case "layer-norm" -> "torch.layer_norm(p[0], %s, p[1], p[2], %s)".formatted(shape, epsilon);
      case "rms-norm" -> "torch.rms_norm(p[0], %s, p[1], %s)".formatted(shape, epsilon);
      default -> throw new IllegalArgumentException("libtorch's side has no " + op.op());
    };
  }

  @Override
  public double[] check(int steps) {
    pass();
    return module.doubles("sums", inputs[inputs.length - 1]);
  }

  @Override
  public void step() {
    pass();
  }

  @Override
  public void pass() {
    module.call("forward", inputs).close();
  }

  @Override
  public void forward() {
    module.call("output", given).close();
  }

  @Override
  public void close() {
    module.close();
  }
}
