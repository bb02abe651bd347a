/**
 * Diffusion of images: the schedule of noise, what a network is trained for with it, and how images
 * are drawn from a trained network.
 */
package org.normfree.core.diffuse;
