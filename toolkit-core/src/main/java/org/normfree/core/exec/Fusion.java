package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.normfree.core.op.Attention;
import org.normfree.core.op.AttentionGradient;
import org.normfree.core.op.ExactGelu;
import org.normfree.core.op.ExactGeluGradient;
import org.normfree.core.op.MatrixProduct;
import org.normfree.core.op.Silu;
import org.normfree.core.op.SiluGradient;
import org.normfree.core.op.ToBfloat16;

/** Rewrites a program so that it gives the same numbers with fewer passes over memory. */
final class Fusion {
  private Fusion() {}

  /** Without the nodes that no output depends on. */
  static Program withoutDeadNodes(Program program) {
    Set<Value> alive = new HashSet<>();
    program.outputs().values().forEach(output -> alive.add(output.value()));
    List<Node> kept = new ArrayList<>();
    for (int i = program.nodes().size() - 1; i >= 0; i--) {
      Node node = program.nodes().get(i);
      if (node.outputs().stream().anyMatch(output -> alive.contains(output.value()))) {
        node.inputs().forEach(input -> alive.add(input.value()));
        kept.add(node);
      }
    }
    Collections.reverse(kept);
    return with(program, kept);
  }

  /**
   * A sum of a product and something else becomes a product with an addend, if nobody else wants
   * the product: residual connections, and gradients that meet.
   */
  static Program sumsIntoProducts(Program program) {
    Map<Value, Integer> uses = new HashMap<>();
    program.outputs().values().forEach(o -> uses.merge(o.value(), 1, Integer::sum));
    program
        .nodes()
        .forEach(n -> n.inputs().forEach(input -> uses.merge(input.value(), 1, Integer::sum)));
    Map<Value, Node> products = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : program.nodes()) {
      Node fused = node.op() instanceof AddOp ? fused(node, products, uses) : null;
      Node result = fused == null ? node : fused;
      if (result.op() instanceof MatrixProduct product && !product.addend()) {
        products.put(result.outputs().get(0).value(), result);
      }
      nodes.add(result);
    }
    // the products that were taken up have no reader left
    return withoutDeadNodes(with(program, nodes));
  }

  private static Node fused(Node sum, Map<Value, Node> products, Map<Value, Integer> uses) {
    Operand output = sum.outputs().get(0);
    for (int i = sum.inputs().size() - 1; i >= 0; i--) {
      Operand input = sum.inputs().get(i);
      Operand other = sum.inputs().get(1 - i);
      Node product = products.get(input.value());
      boolean fits =
          product != null
              && uses.get(input.value()) == 1
              && input.sameShape(output)
              && other.sameShape(output);
      if (fits) {
        long[] matrix = product.outputs().get(0).shape();
        List<Operand> inputs = new ArrayList<>(product.inputs());
        inputs.add(other.reshaped(matrix));
        return new Node(
            ((MatrixProduct) product.op()).withAddend(), inputs, List.of(output.reshaped(matrix)));
      }
    }
    return null;
  }

  /**
   * Where the gradient of an attention is computed too, the attention gives it its weights, [batch,
   * heads, tokens, keys], as one more output and input. Kernels that recompute them ignore both.
   */
  static Program attentionKeepsItsWeights(Program program) {
    Map<List<Value>, Node> gradients = new HashMap<>();
    for (Node node : program.nodes()) {
      if (node.op() instanceof AttentionGradient gradient && gradient.terms().isPlain()) {
        gradients.putIfAbsent(values(node), node);
      }
    }
    Map<Value, Operand> weights = new HashMap<>(); // by the gradient's first output
    List<Node> nodes = new ArrayList<>();
    for (Node node : program.nodes()) {
      boolean plain = node.op() instanceof Attention attention && attention.terms().isPlain();
      Node gradient = plain ? gradients.get(values(node)) : null;
      if (gradient != null && node.inputs().get(0).type() == DataType.FLOAT) {
        long[] query = node.inputs().get(0).shape();
        Value kept =
            Value.computed(
                node.outputs().get(0).value().name() + " weights",
                DataType.FLOAT,
                query[0],
                ((Attention) node.op()).heads(),
                query[1],
                node.inputs().get(1).shape()[1]);
        weights.put(gradient.outputs().get(0).value(), Operand.of(kept));
        nodes.add(
            new Node(node.op(), node.inputs(), List.of(node.outputs().get(0), Operand.of(kept))));
      } else if (weights.containsKey(node.outputs().get(0).value())) {
        List<Operand> inputs = new ArrayList<>(node.inputs());
        inputs.add(weights.get(node.outputs().get(0).value()));
        nodes.add(new Node(node.op(), inputs, node.outputs()));
      } else {
        nodes.add(node);
      }
    }
    return with(program, nodes);
  }

  /**
   * Where the gradient of a GELU or SiLU is computed too, the function gives its slope as one more
   * output, and the gradient is a product: what both need is computed once, and the slope takes the
   * place in memory that the input would have.
   */
  static Program activationsKeepTheirSlope(Program program) {
    Map<Value, Operand> slopes = new HashMap<>(); // by the function's input
    for (Node node : program.nodes()) {
      if (isSlopeTimes(node) && node.inputs().get(0).type() == DataType.FLOAT) {
        Operand x = node.inputs().get(0);
        Value slope = Value.computed(x.value().name() + " slope", DataType.FLOAT, x.shape());
        slopes.putIfAbsent(x.value(), Operand.of(slope));
      }
    }
    Set<Value> kept = new HashSet<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : program.nodes()) {
      Value x = node.inputs().isEmpty() ? null : node.inputs().get(0).value();
      boolean known = node.op() instanceof ExactGelu || node.op() instanceof Silu;
      if (known && slopes.containsKey(x) && kept.add(x)) {
        List<Operand> outputs = List.of(node.outputs().get(0), slopes.get(x));
        nodes.add(new Node(node.op(), node.inputs(), outputs));
      } else if (isSlopeTimes(node) && kept.contains(x)) {
        List<Operand> inputs = List.of(slopes.get(x), node.inputs().get(1));
        nodes.add(new Node(new MulOp(), inputs, node.outputs()));
      } else {
        nodes.add(node);
      }
    }
    return with(program, nodes);
  }

  private static boolean isSlopeTimes(Node node) {
    return node.op() instanceof ExactGeluGradient || node.op() instanceof SiluGradient;
  }

  /** Query, key and value. */
  private static List<Value> values(Node attention) {
    return attention.inputs().subList(0, 3).stream().map(Operand::value).toList();
  }

  /** Products get bfloat16 operands; a value that several products read is converted once. */
  static Program withBfloat16Products(Program program) {
    Map<Value, Value> converted = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : program.nodes()) {
      if (node.op() instanceof MatrixProduct && node.inputs().get(0).type() == DataType.FLOAT) {
        List<Operand> inputs = new ArrayList<>(node.inputs());
        for (int i = 0; i < 2; i++) {
          inputs.set(i, converted(inputs.get(i), converted, nodes));
        }
        nodes.add(new Node(node.op(), inputs, node.outputs()));
      } else {
        nodes.add(node);
      }
    }
    return with(program, nodes);
  }

  private static Operand converted(Operand from, Map<Value, Value> known, List<Node> nodes) {
    Value to = known.get(from.value());
    if (to == null) {
      Value value = from.value();
      to = Value.computed(value.name() + " as bfloat16", DataType.BFLOAT16, value.shape());
      known.put(value, to);
      nodes.add(new Node(new ToBfloat16(), List.of(Operand.of(value)), List.of(Operand.of(to))));
    }
    return new Operand(to, from.first(), from.shape());
  }

  private static Program with(Program program, List<Node> nodes) {
    return new Program(nodes, program.placeholders(), program.outputs(), program.tensorBytes());
  }
}
