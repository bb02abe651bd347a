package org.normfree.core.op;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ATan;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The element-wise function at the heart of a dynamic activation, with its derivative. Sources:
 * arXiv 2503.10622 section 6.1 (tanh, hardtanh, sigmoid, identity); arXiv 2512.10938 (erf, isru,
 * arctan, satursin); softsign is the community's.
 */
public enum Squash {
  /** {@code tanh u}; derivative {@code 1 − tanh² u}. */
  TANH(0) {
    @Override
    INDArray apply(INDArray u) {
      return Transforms.tanh(u, true);
    }

    @Override
    INDArray derivative(INDArray u, INDArray t) {
      return t.mul(t).rsubi(1);
    }
  },
  /** {@code min(max(u, −1), 1)}; derivative 1 inside (−1, 1), 0 elsewhere. */
  HARDTANH(1) {
    @Override
    INDArray apply(INDArray u) {
      return Transforms.hardTanh(u, true);
    }

    @Override
    INDArray derivative(INDArray u, INDArray t) {
      return Transforms.abs(u, true).lt(1).castTo(u.dataType());
    }
  },
  /** {@code 1 / (1 + e⁻ᵘ)}, not zero-centred; derivative {@code s (1 − s)}. */
  SIGMOID(2) {
    @Override
    INDArray apply(INDArray u) {
      return Transforms.sigmoid(u, true);
    }

    @Override
    INDArray derivative(INDArray u, INDArray t) {
      return t.rsub(1).muli(t);
    }
  },
  /** {@code u}; derivative 1. */
  IDENTITY(3) {
    @Override
    INDArray apply(INDArray u) {
      return u;
    }

    @Override
    INDArray derivative(INDArray u, INDArray t) {
      return u.like().assign(1);
    }
  },
  /** {@code erf u}; derivative {@code 2/√π · e^(−u²)}. */
  ERF(4) {
    @Override
    INDArray apply(INDArray u) {
      return Nd4j.getExecutioner().exec(new Erf(u, u.ulike()));
    }

    @Override
    INDArray derivative(INDArray u, INDArray t) {
      return Transforms.exp(u.mul(u).negi(), false).muli(2 / Math.sqrt(Math.PI));
    }
  },
  /** {@code u / √(1 + u²)}; derivative {@code (1 + u²)^(−3/2)}. */
  ISRU(5) {
    @Override
    INDArray apply(INDArray u) {
      // it is ±1 long before, and a square overflows later
      INDArray v = Nd4j.math().clipByValue(u, -1e18, 1e18);
      return v.div(Transforms.sqrt(v.mul(v).addi(1), false));
    }

    @Override
    INDArray derivative(INDArray u, INDArray t) {
      INDArray square = u.mul(u).addi(1);
      return Transforms.sqrt(square, true).muli(square).rdivi(1);
    }
  },
  /** {@code 2/π · arctan u}; derivative {@code 2/π / (1 + u²)}. */
  ARCTAN(6) {
    @Override
    INDArray apply(INDArray u) {
      return Nd4j.getExecutioner().exec(new ATan(u, u.ulike())).muli(2 / Math.PI);
    }

    @Override
    INDArray derivative(INDArray u, INDArray t) {
      return u.mul(u).addi(1).rdivi(2 / Math.PI);
    }
  },
  /** {@code sin(min(max(u, −π/2), π/2))}; derivative {@code cos u} inside (−π/2, π/2), else 0. */
  SATURSIN(7) {
    @Override
    INDArray apply(INDArray u) {
      return Transforms.sin(Nd4j.math().clipByValue(u, -Math.PI / 2, Math.PI / 2), false);
    }

    @Override
    INDArray derivative(INDArray u, INDArray t) {
      INDArray inside = Transforms.abs(u, true).lt(Math.PI / 2).castTo(u.dataType());
      return Transforms.cos(Nd4j.math().clipByValue(u, -Math.PI / 2, Math.PI / 2), false)
          .muli(inside);
    }
  },
  /** {@code u / (1 + |u|)}; derivative {@code (1 + |u|)^(−2)}. */
  SOFTSIGN(8) {
    @Override
    INDArray apply(INDArray u) {
      return u.div(Transforms.abs(u, true).addi(1));
    }

    @Override
    INDArray derivative(INDArray u, INDArray t) {
      INDArray r = Transforms.abs(u, true).addi(1).rdivi(1);
      return r.muli(r);
    }
  };

  /** What stands for the function in a saved graph; never to be changed. */
  private final long code;

  Squash(long code) {
    this.code = code;
  }

  long code() {
    return code;
  }

  static Squash of(long code) {
    for (Squash squash : values()) {
      if (squash.code == code) {
        return squash;
      }
    }
    throw new IllegalArgumentException(
        "no squashing function has the code %s; the graph was saved by a newer version"
            .formatted(code));
  }

  /**
   * @param u any array; not changed
   * @return the function's value at each element, possibly {@code u} itself
   */
  abstract INDArray apply(INDArray u);

  /**
   * @param u the argument
   * @param t the function's value at {@code u}
   * @return a new array with the derivative at each element
   */
  abstract INDArray derivative(INDArray u, INDArray t);
}
