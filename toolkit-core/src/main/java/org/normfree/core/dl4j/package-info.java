/**
 * The project's ops as layers and vertices of Deeplearning4j's {@code MultiLayerNetwork} and {@code
 * ComputationGraph}.
 */
package org.normfree.core.dl4j;
