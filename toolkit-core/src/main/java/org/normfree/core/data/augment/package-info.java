/**
 * How single images are varied: pure functions of an image and a random generator, and their
 * composition.
 */
package org.normfree.core.data.augment;
