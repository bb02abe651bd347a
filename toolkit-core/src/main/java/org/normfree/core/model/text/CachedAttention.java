package org.normfree.core.model.text;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.normfree.core.model.Layers;
import org.normfree.core.nn.Scope;

/** Self attention of one new token over itself and the cached keys and values before it. */
final class CachedAttention {
  private final Layers layers;
  private final int maxLength;
  private final SDVariable seen;
  private final List<IncrementalGraph.Cache> caches = new ArrayList<>();

  CachedAttention(Scope root, Layers layers, int maxLength) {
    this.layers = layers;
    this.maxLength = maxLength;
    seen = root.graph().placeHolder(IncrementalGraph.SEEN, root.type(), -1, maxLength + 1L);
  }

  SDVariable mix(Scope scope, SDVariable query, SDVariable key, SDVariable value) {
    SameDiff sd = scope.graph();
    SDVariable keys = cache(scope, "cached_key");
    SDVariable values = cache(scope, "cached_value");
    caches.add(new IncrementalGraph.Cache(keys.name(), values.name(), key.name(), value.name()));
    return scope
        .ops()
        .attention(
            scope.name("mixed"),
            query,
            sd.concat(1, keys, key),
            sd.concat(1, values, value),
            layers.heads(),
            false,
            seen,
            null);
  }

  private SDVariable cache(Scope scope, String name) {
    return scope.graph().placeHolder(scope.name(name), scope.type(), -1, maxLength, layers.width());
  }

  /** The caches in the order the layers asked for them. */
  List<IncrementalGraph.Cache> caches() {
    return List.copyOf(caches);
  }
}
