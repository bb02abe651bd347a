package org.normfree.core.method;

import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * Post-LN-init: Post-LN whose lower layers start smaller, the reverse of {@link DsInit}; the
 * weights of layer l of N are normal with deviation {@code 1/(k·√d')}, {@code k = N − l + 1} and d'
 * the mean of fan-in and fan-out. It trains although the gradients of its last layers are larger
 * than plain Post-LN's, which is how arXiv 2203.00555, section 3, shows that large gradients are
 * not what breaks Post-LN.
 */
public final class PostLnInit extends PostNorm {
  @Override
  public String name() {
    return "post-ln-init";
  }

  @Override
  public SDVariable weight(Scope scope, WeightRole role, long... shape) {
    return switch (role.kind()) {
      case QUERY, KEY, VALUE, ATTENTION_OUT, FFN_IN, FFN_OUT -> {
        double gain = 1.0 / (role.stack().layers() - role.block());
        Initializer initial =
            role.chosen()
                .map(chosen -> chosen.times(gain))
                .orElseGet(() -> Initializer.xavierNormal(gain));
        yield role.declare(scope, initial, shape);
      }
      default -> super.weight(scope, role, shape);
    };
  }
}
