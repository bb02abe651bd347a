package org.normfree.core.op;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The recurrence of {@link SelectiveScan} and its gradient as the formulas stand, one channel of
 * one example after the other, in double precision and with every state kept.
 */
final class ScanReference {
  /** Above it softplus is its argument, as in PyTorch. */
  private static final double LINEAR = 20;

  private final ScanTerms terms;
  private final int batch;
  private final int length;
  private final int channels;
  private final int states;
  private final double[] u;
  private final double[] step;
  private final double[] slope;
  private final double[] a;
  private final double[] b;
  private final double[] c;
  private final double[] skip;
  private final double[] gate;

  ScanReference(ScanTerms terms, List<INDArray> inputs) {
    this.terms = terms;
    batch = (int) inputs.get(0).size(0);
    length = (int) inputs.get(0).size(1);
    channels = (int) inputs.get(0).size(2);
    states = (int) inputs.get(2).size(1);
    u = values(inputs.get(0));
    step = values(inputs.get(1));
    slope = new double[step.length];
    a = values(inputs.get(2));
    b = values(inputs.get(3));
    c = values(inputs.get(4));
    skip = terms.skip() ? values(terms.skip(inputs)) : new double[channels];
    gate = terms.gate() ? values(terms.gate(inputs)) : null;
    discretize(terms.bias() ? values(terms.bias(inputs)) : new double[channels]);
  }

  private static double[] values(INDArray array) {
    return array.dup('c').data().asDouble();
  }

  private void discretize(double[] bias) {
    for (int i = 0; i < step.length; i++) {
      double x = step[i] + bias[i % channels];
      boolean bent = terms.softplus() && x <= LINEAR;
      slope[i] = bent ? 1 / (1 + Math.exp(-x)) : 1;
      step[i] = bent ? Math.log1p(Math.exp(x)) : x;
    }
  }

  /** Row of an array [batch, length, …] at a step. */
  private int row(int example, int t) {
    return example * length + terms.position(t, length);
  }

  /** All states of a channel of an example, h before step t in row t, [length + 1, N]. */
  private double[][] trajectory(int example, int channel) {
    double[][] h = new double[length + 1][states];
    for (int t = 0; t < length; t++) {
      int row = row(example, t);
      int i = row * channels + channel;
      for (int n = 0; n < states; n++) {
        h[t + 1][n] =
            Math.exp(step[i] * a[channel * states + n]) * h[t][n]
                + step[i] * u[i] * b[row * states + n];
      }
    }
    return h;
  }

  /** {@code ⟨C_t, h_t⟩ + D·u_t}. */
  private double output(int row, int channel, double[] h) {
    double sum = skip[channel] * u[row * channels + channel];
    for (int n = 0; n < states; n++) {
      sum += c[row * states + n] * h[n];
    }
    return sum;
  }

  void forward(INDArray output) {
    double[] y = new double[u.length];
    for (int example = 0; example < batch; example++) {
      for (int channel = 0; channel < channels; channel++) {
        double[][] h = trajectory(example, channel);
        for (int t = 0; t < length; t++) {
          int row = row(example, t);
          int i = row * channels + channel;
          double z = gate == null ? 0 : gate[i];
          y[i] = output(row, channel, h[t + 1]) * (gate == null ? 1 : z / (1 + Math.exp(-z)));
        }
      }
    }
    write(y, output);
  }

  /** The states before every chunk of steps. */
  void states(INDArray output) {
    int chunks = SelectiveScan.chunks(length);
    double[] saved = new double[batch * chunks * states * channels];
    for (int example = 0; example < batch; example++) {
      for (int channel = 0; channel < channels; channel++) {
        double[][] h = trajectory(example, channel);
        for (int i = 0; i < chunks * states; i++) {
          int chunk = example * chunks + i / states;
          int n = i % states;
          saved[(chunk * states + n) * channels + channel] = h[i / states * SelectiveScan.CHUNK][n];
        }
      }
    }
    write(saved, output);
  }

  void backward(INDArray upstream, List<INDArray> outputs) {
    double[] incoming = values(upstream);
    double[][] d =
        outputs.stream().map(out -> new double[(int) out.length()]).toArray(double[][]::new);
    for (int example = 0; example < batch; example++) {
      for (int channel = 0; channel < channels; channel++) {
        backward(example, channel, incoming, Arrays.asList(d));
      }
    }
    for (int i = 0; i < d.length; i++) {
      write(d[i], outputs.get(i));
    }
  }

  private void backward(int example, int channel, double[] incoming, List<double[]> d) {
    double[][] h = trajectory(example, channel);
    double[] later = new double[states];
    for (int t = length - 1; t >= 0; t--) {
      int row = row(example, t);
      int i = row * channels + channel;
      double g = incoming[i];
      if (terms.gate()) {
        double z = gate[i];
        double sigma = 1 / (1 + Math.exp(-z));
        terms.gate(d)[i] = g * output(row, channel, h[t + 1]) * sigma * (1 + z * (1 - sigma));
        g *= z * sigma;
      }
      double toStep = 0;
      double toInput = 0;
      for (int n = 0; n < states; n++) {
        int rate = channel * states + n;
        int shared = row * states + n;
        double decay = Math.exp(step[i] * a[rate]);
        double q = g * c[shared] + later[n];
        double w = q * decay * h[t][n];
        d.get(2)[rate] += step[i] * w;
        d.get(3)[shared] += q * step[i] * u[i];
        d.get(4)[shared] += g * h[t + 1][n];
        toStep += w * a[rate];
        toInput += q * b[shared];
        later[n] = decay * q;
      }
      d.get(0)[i] = g * skip[channel] + step[i] * toInput;
      d.get(1)[i] = (toStep + u[i] * toInput) * slope[i];
      if (terms.skip()) {
        terms.skip(d)[channel] += g * u[i];
      }
      if (terms.bias()) {
        terms.bias(d)[channel] += d.get(1)[i];
      }
    }
  }

  private static void write(double[] values, INDArray output) {
    output.assign(Nd4j.createFromArray(values).reshape(output.shape()));
  }
}
