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

/**
 * Ops on sequences by libtorch, forward and backward by autograd. Sequences are laid out once, as
 * is best for it: time first for a scan, whose steps are then single calls on neighbouring memory
 * ({@code h ← dA_t∘h + dB_t} for all channels and states); time last for the transforms of a long
 * convolution.
 */
final class TorchSequence implements Peer {
  private static final String NAME = "Sequence";
  private static final String SOURCE =
      """
      class Sequence(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
        inputs : List[Tensor]
        results : List[Tensor]
        def initialize(self: __torch__.Sequence, given: List[Tensor], unused: Tensor) -> Tensor:
          s = annotate(List[Tensor], [])
          for t in given:
            if torch.eq(torch.dim(t), 3):
              c = torch.contiguous(torch.permute(t, LAYOUT))
            else:
              c = OTHER
            _0 = torch.append(s, c)
          self.inputs = s
          return unused
        def forward(self: __torch__.Sequence, unused: Tensor) -> Tensor:
          p = annotate(List[Tensor], [])
          for t in self.inputs[:COUNT]:
            _0 = torch.append(p, torch.requires_grad_(torch.detach(t), True))
      OP
          l = torch.sum(torch.mul(y, self.inputs[COUNT]))
          r = [torch.detach(y)]
          for u in torch.grad([l], p):
            _1 = torch.append(r, unchecked_cast(Tensor, u))
          self.results = r
          return torch.detach(l)
        def sums(self: __torch__.Sequence, unused: Tensor) -> Tensor:
          s = annotate(List[Tensor], [])
          for t in self.results:
            _0 = torch.append(s, torch.sum(torch.abs(t), dtype=7))
          return torch.to(torch.stack(s), 6)
      """;

  /** The inputs: u, δ, A, B, C, D, z and the bias of δ. */
  private static final String SCAN =
      """
          d = torch.softplus(torch.add(p[1], p[7]))
          a = torch.exp(torch.mul(torch.unsqueeze(d, -1), p[2]))
          b = torch.mul(torch.unsqueeze(torch.mul(d, p[0]), -1), torch.unsqueeze(p[3], 2))
          h = torch.zeros_like(b[0])
          hs = annotate(List[Tensor], [])
          for at, bt in zip(torch.unbind(a), torch.unbind(b)):
            h = torch.addcmul(bt, at, h)
            _2 = torch.append(hs, h)
          w = torch.squeeze(torch.matmul(torch.stack(hs), torch.unsqueeze(p[4], -1)), -1)
          y = torch.mul(torch.add(w, torch.mul(p[0], p[5])), torch.silu(p[6]))
      """;

  /** The inputs: u, filter and d. */
  private static final String CONVOLUTION =
      """
          k = torch.fft_rfft(p[1], LENGTH)
          x = torch.fft_rfft(p[0], LENGTH)
          z = torch.slice(torch.fft_irfft(torch.mul(x, k), LENGTH), -1, 0, HALF)
          y = torch.add(z, torch.mul(p[0], torch.unsqueeze(p[2], -1)))
      """;

  /** The inputs: queries, keys and values. */
  private static final String ATTENTION =
      """
          s = [BATCH, LONG, HEADS, WIDE]
          q = torch.transpose(torch.reshape(p[0], s), 1, 2)
          k = torch.transpose(torch.reshape(p[1], s), 1, 2)
          v = torch.transpose(torch.reshape(p[2], s), 1, 2)
          a = torch.scaled_dot_product_attention(q, k, v, None, 0., CAUSAL)
          y = torch.reshape(torch.transpose(a, 1, 2), [BATCH, LONG, CHANNELS])
      """;

  private final TorchModule module;
  private final NDArray unused;

  TorchSequence(Workload.Sequence op, Map<String, ArrayFile.Array> arrays) throws IOException {
    String source =
        switch (op.op()) {
          case Workload.Sequence.SCAN -> source(SCAN, "[1, 0, 2]", "t");
          case Workload.Sequence.CONVOLUTION ->
              source(CONVOLUTION, "[0, 2, 1]", "torch.contiguous(torch.t(t))")
                  .replace("LENGTH", Integer.toString(2 * op.length()))
                  .replace("HALF", Integer.toString(op.length()));
          default ->
              source(ATTENTION, "[0, 1, 2]", "t")
                  .replace("BATCH", Integer.toString(op.batch()))
                  .replace("LONG", Integer.toString(op.length()))
                  .replace("CHANNELS", Integer.toString(op.channels()))
                  .replace("HEADS", Integer.toString(op.states()))
                  .replace("WIDE", Integer.toString(op.channels() / op.states()))
                  .replace("CAUSAL", op.op().equals(Workload.Sequence.CAUSAL) ? "True" : "False");
        };
    source = source.replace("COUNT", Integer.toString(op.inputs().size()));
    module = new TorchModule(NAME, source, List.of("inputs", "results"));
    unused = module.array(new ArrayFile.Array(new long[0], new float[1]));
    NDList list = new NDList();
    for (String name : op.inputs()) {
      add(list, arrays.get(name));
    }
    add(list, arrays.get(WorkloadFile.UPSTREAM));
    list.add(unused);
    module.call("initialize", list.toArray(new NDArray[0])).close();
  }

  private static String source(String op, String layout, String other) {
    return SOURCE.replace("OP\n", op).replace("LAYOUT", layout).replace("OTHER", other);
  }

  private void add(NDList list, ArrayFile.Array array) {
    NDArray given = module.array(array);
    given.setName("given[]");
    list.add(given);
  }

  @Override
  public double[] check(int steps) {
    pass();
    return module.doubles("sums", unused);
  }

  @Override
  public void step() {
    pass();
  }

  @Override
  public void pass() {
    module.call("forward", unused).close();
  }

  @Override
  public void close() {
    module.close();
  }
}
