package org.normfree.core.data;

/**
 * A mini-batch ready for a model.
 *
 * @param input normalized pixels, row-major [size, height, width, channels]
 * @param labels target distribution, row-major [size, classes]: one-hot, smoothed or mixed
 * @param targets the class index of each image before smoothing and mixing
 * @param size how many images
 */
public record Batch(float[] input, float[] labels, int[] targets, int size) {}
