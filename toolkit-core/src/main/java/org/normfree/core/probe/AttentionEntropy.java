package org.normfree.core.probe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.nn.Network;

/**
 * Entropy of attention, {@code −Σ p·ln p} in nats over the keys that a query may see, in the mean
 * over heads and queries of the batch's first {@value #SEQUENCES} sequences. Near 0 a query looks
 * at a single token, which goes with unstable training (arXiv 2303.06296, section 3).
 */
public final class AttentionEntropy implements Probe {
  /** How many sequences of the batch are looked at. */
  static final int SEQUENCES = 4;

  private final List<Network.AttentionPoint> points;

  /**
   * @param network the network to look into
   */
  public AttentionEntropy(Network network) {
    points = network.attentions();
  }

  @Override
  public String quantity() {
    return "attention_entropy";
  }

  @Override
  public List<String> variables() {
    List<String> names = new ArrayList<>();
    for (Network.AttentionPoint point : points) {
      names.add(point.query());
      names.add(point.key());
      if (!point.mask().isEmpty()) {
        names.add(point.mask());
      }
    }
    return names.stream().distinct().toList();
  }

  @Override
  public Map<String, Double> read(Map<String, INDArray> values) {
    Map<String, Double> entropies = new LinkedHashMap<>();
    for (Network.AttentionPoint point : points) {
      INDArray query = values.get(point.query());
      INDArray key = values.get(point.key());
      int sequences = (int) Math.min(SEQUENCES, query.size(0));
      double sum = 0;
      for (int i = 0; i < sequences; i++) {
        double[] seen =
            point.mask().isEmpty()
                ? new double[0]
                : values.get(point.mask()).slice(i).dup().toDoubleVector();
        sum += entropy(matrix(query, i), matrix(key, i), point.heads(), point.causal(), seen);
      }
      entropies.put(point.name(), sum / sequences);
    }
    return entropies;
  }

  private static double[][] matrix(INDArray x, int sequence) {
    return x.get(NDArrayIndex.point(sequence), NDArrayIndex.all(), NDArrayIndex.all())
        .dup('c')
        .toDoubleMatrix();
  }

  /** Mean entropy over heads and queries; an empty mask sees all keys. */
  static double entropy(
      double[][] query, double[][] key, int heads, boolean causal, double[] mask) {
    int width = query[0].length / heads;
    double sum = 0;
    for (int head = 0; head < heads; head++) {
      for (int q = 0; q < query.length; q++) {
        int last = causal ? q + 1 : key.length;
        double[] scores = new double[last];
        for (int k = 0; k < last; k++) {
          boolean hidden = mask.length > 0 && mask[k] == 0;
          scores[k] =
              hidden ? Double.NEGATIVE_INFINITY : score(query[q], key[k], head * width, width);
        }
        sum += entropy(scores);
      }
    }
    return sum / heads / query.length;
  }

  private static double score(double[] query, double[] key, int from, int width) {
    double product = 0;
    for (int i = from; i < from + width; i++) {
      product += query[i] * key[i];
    }
    return product / Math.sqrt(width);
  }

  /** {@code ln Z − Σ p·s} with scores taken relative to the largest; 0 if no key is seen. */
  private static double entropy(double[] scores) {
    double most = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      most = Math.max(most, score);
    }
    double total = 0;
    double weighted = 0;
    for (double score : scores) {
      if (score > Double.NEGATIVE_INFINITY) {
        double e = StrictMath.exp(score - most);
        total += e;
        weighted += e * (score - most);
      }
    }
    return total == 0 ? 0 : StrictMath.log(total) - weighted / total;
  }
}
