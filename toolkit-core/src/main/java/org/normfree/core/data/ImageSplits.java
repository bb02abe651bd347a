package org.normfree.core.data;

/**
 * A data set in its three parts; the validation part chooses hyper-parameters, the test part is
 * only reported on.
 *
 * @param train what is trained on
 * @param validation what hyper-parameters are chosen on
 * @param test what is reported
 */
public record ImageSplits(Images train, Images validation, Images test) {}
