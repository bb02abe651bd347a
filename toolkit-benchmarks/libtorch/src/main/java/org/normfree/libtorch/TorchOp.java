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

/** DyT as the four ops of its authors' code, and the fused layer norm, forward and backward. */
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
      """;

  private final TorchModule module;
  private final NDArray[] inputs;

  TorchOp(Workload.Op op, Map<String, ArrayFile.Array> arrays) throws IOException {
    boolean dyt = op.op().equals("dyt");
    String call =
        dyt
            ? "torch.add(torch.mul(torch.tanh(torch.mul(p[0], p[1])), p[2]), p[3])"
            : "torch.layer_norm(p[0], [%s], p[1], p[2], %s)"
                .formatted(op.width(), Training.number(Workload.Training.EPSILON));
    module = new TorchModule(NAME, SOURCE.replace("OP\n", call + "\n"), List.of("results"));
    List<String> names =
        dyt
            ? List.of(WorkloadFile.INPUT, "alpha", "gamma", "beta")
            : List.of(WorkloadFile.INPUT, "gain", "bias");
    NDList list = new NDList();
    for (String name : names) {
      NDArray array = module.array(arrays.get(name));
      array.setName("given[]");
      list.add(array);
    }
    list.add(module.array(arrays.get(WorkloadFile.UPSTREAM)));
    inputs = list.toArray(new NDArray[0]);
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
  public void close() {
    module.close();
  }
}
