package org.normfree.libtorch;

import java.util.List;
import java.util.Locale;
import org.normfree.benchmarks.peer.Workload;

/**
 * The TorchScript around a loss: gradients by autograd, AdamW by libtorch's fused kernel over all
 * parameters of a group at once. One call from Java is one step.
 */
final class Training {
  /** The class's name. */
  static final String NAME = "Training";

  /** Its attributes of type {@code List[Tensor]}; those with a 1 decay, those with a 0 do not. */
  static final List<String> LISTS =
      List.of("p1", "p0", "g1", "g0", "m1", "m0", "v1", "v0", "s1", "s0");

  private Training() {}

  /**
   * @param loss the body of {@code loss(p, inputs...)}, indented by four spaces
   * @param inputs names of its inputs
   * @param decayed how many of the parameters decay; they come first
   * @return the class
   */
  static String source(String loss, List<String> inputs, int decayed) {
    // the optimizer reads memory as it lies, so weights of convolutions and their gradients lie
    // alike:
    // channels last, which is memory format 2
    // the lists are attributes: TorchScript drops changes in place of what only local lists hold
    return """
    class Training(Module):
      __parameters__ = []
      __buffers__ = []
      training : bool
    ATTRIBUTES
      def loss(self: __torch__.Training, p: List[Tensor], INPUTS) -> Tensor:
    LOSS
      def initialize(self: __torch__.Training, given: List[Tensor], step: Tensor) -> Tensor:
        p = annotate(List[Tensor], [])
        for w in given:
          d = torch.clone(w)
          if torch.eq(torch.dim(w), 4):
            c = torch.contiguous(d, memory_format=2)
          else:
            c = d
          _3 = torch.append(p, c)
        n = torch.zeros_like(step)
        m = annotate(List[Tensor], [])
        v = annotate(List[Tensor], [])
        s = annotate(List[Tensor], [])
        for t in p:
          _0 = torch.append(m, torch.zeros_like(t))
          _1 = torch.append(v, torch.zeros_like(t))
          _2 = torch.append(s, n)
        self.p1 = p[:COUNT]
        self.p0 = p[COUNT:]
        self.m1 = m[:COUNT]
        self.m0 = m[COUNT:]
        self.v1 = v[:COUNT]
        self.v0 = v[COUNT:]
        self.s1 = s[:COUNT]
        self.s0 = s[COUNT:]
        return step
      def passes(self: __torch__.Training, INPUTS) -> Tensor:
        p = annotate(List[Tensor], [])
        for t in self.p1:
          _0 = torch.append(p, torch.requires_grad_(torch.detach(t), True))
        for t in self.p0:
          _1 = torch.append(p, torch.requires_grad_(torch.detach(t), True))
        l = (self).loss(p, GIVEN, )
        g = annotate(List[Tensor], [])
        for u in torch.grad([l], p):
          d = unchecked_cast(Tensor, u)
          if torch.eq(torch.dim(d), 4):
            c = torch.contiguous(d, memory_format=2)
          else:
            c = d
          _2 = torch.append(g, c)
        self.g1 = g[:COUNT]
        self.g0 = g[COUNT:]
        return torch.detach(l)
      def evaluate(self: __torch__.Training, INPUTS) -> Tensor:
        p = annotate(List[Tensor], [])
        for t in self.p1:
          _0 = torch.append(p, t)
        for t in self.p0:
          _1 = torch.append(p, t)
        return torch.detach((self).loss(p, GIVEN, ))
      def step(self: __torch__.Training, INPUTS) -> Tensor:
        l = (self).passes(GIVEN, )
        _0 = torch.add_(self.s1[0], 1)
        n = annotate(List[Tensor], [])
        _1 = torch._fused_adamw_(self.p1, self.g1, self.m1, self.v1, n, self.s1, lr=RATE, beta1=0.9, beta2=0.999, weight_decay=DECAY, eps=1e-08, amsgrad=False, maximize=False)
        _2 = torch._fused_adamw_(self.p0, self.g0, self.m0, self.v0, n, self.s0, lr=RATE, beta1=0.9, beta2=0.999, weight_decay=0., eps=1e-08, amsgrad=False, maximize=False)
        return l
    """
        .replace("ATTRIBUTES\n", attributes())
        .replace("LOSS\n", loss)
        .replace(
            "INPUTS", String.join(", ", inputs.stream().map(name -> name + ": Tensor").toList()))
        .replace("GIVEN", String.join(", ", inputs))
        .replace("COUNT", Integer.toString(decayed))
        .replace("RATE", number(Workload.Training.RATE))
        .replace("DECAY", number(Workload.Training.DECAY));
  }

  private static String attributes() {
    StringBuilder lines = new StringBuilder();
    LISTS.forEach(list -> lines.append("  ").append(list).append(" : List[Tensor]\n"));
    return lines.toString();
  }

  /** A number as TorchScript reads it. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.10f", value);
  }
}
