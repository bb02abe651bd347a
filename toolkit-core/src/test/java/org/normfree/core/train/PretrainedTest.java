package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.MaskedAutoencoder;
import org.normfree.core.model.image.MaskedAutoencoderConfig;
import org.normfree.core.model.image.MaskedAutoencoderConfig.Tower;
import org.normfree.core.model.image.Patches;
import org.normfree.core.nn.Network;

class PretrainedTest {
  private static MaskedAutoencoderConfig config(int dim) {
    return new MaskedAutoencoderConfig(
        new Patches(6, 6, 1, 2), new Tower(dim, 2, 2), new Tower(8, 1, 2), 2, 0.65, false);
  }

  private static Map<String, INDArray> trained(String method) {
    Network network =
        MaskedAutoencoder.build(
            config(12), Methods.create(method, MethodOptions.DEFAULTS), DataType.FLOAT, 3);
    Map<String, INDArray> arrays = Trainer.arrays(network);
    arrays.values().forEach(array -> array.addi(0.25));
    return arrays;
  }

  private static Network classifier(String method, int dim) {
    return MaskedAutoencoder.classifier(
        config(dim), 3, 0, Methods.create(method, MethodOptions.DEFAULTS), DataType.FLOAT, 4);
  }

  @Test
  void aNetworkOfTheSameMethodTakesTheWholeEncoder() {
    Map<String, INDArray> learned = trained("pre-ln");
    Network tuned = classifier("pre-ln", 12);
    Pretrained pretrained = Pretrained.into(tuned, learned);
    assertThat(pretrained.fresh())
        .containsExactlyInAnyOrder(
            "positions", "fc_norm.gain", "fc_norm.bias", "head.weight", "head.bias");
    assertThat(pretrained.left())
        .allMatch(name -> name.startsWith("decoder.") || name.startsWith("norm."))
        .contains("norm.gain", "decoder.mask_token");
    for (String name : pretrained.taken()) {
      assertThat(Bits.of(tuned.array(name))).as(name).isEqualTo(Bits.of(learned.get(name)));
    }
    assertThat(pretrained.taken()).contains("block1.ffn.norm.gain", "patch.bias", "class_token");
  }

  /** As the DyT repository converts: α₀, 1 and 0 whatever the LayerNorm held. */
  @Test
  void aLayerNormBecomesADytAtItsStart() {
    Map<String, INDArray> learned = trained("pre-ln");
    Network tuned = classifier("dyt", 12);
    Pretrained pretrained = Pretrained.into(tuned, learned);
    assertThat(pretrained.left()).contains("block0.attention.norm.gain", "block1.ffn.norm.bias");
    assertThat(tuned.array("block0.attention.norm.alpha").toFloatVector()).containsExactly(0.5f);
    assertThat(tuned.array("block1.ffn.norm.gamma").toFloatVector()).containsOnly(1f).hasSize(12);
    assertThat(tuned.array("block1.ffn.norm.beta").toFloatVector()).containsOnly(0f).hasSize(12);
    assertThat(Bits.of(tuned.array("block0.ffn.fc1.weight")))
        .isEqualTo(Bits.of(learned.get("block0.ffn.fc1.weight")));
  }

  @Test
  void whatHasAnotherShapeOrNothingInCommonIsRefused() {
    Network tuned = classifier("pre-ln", 16);
    INDArray before = tuned.array("patch.weight").dup();
    Map<String, INDArray> learned = trained("pre-ln");
    assertThatThrownBy(() -> Pretrained.into(tuned, learned))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("[12]")
        .hasMessageContaining("[16]");
    assertThat(Bits.of(tuned.array("patch.weight"))).isEqualTo(Bits.of(before));
    assertThatThrownBy(() -> Pretrained.into(tuned, Map.of("other", Nd4j.zeros(1))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none of this one's");
  }
}
