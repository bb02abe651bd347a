package org.normfree.core.data.text;

/**
 * A sentence and its translation.
 *
 * @param source the sentence
 * @param target its translation
 * @param line line of its file, from 1, for messages
 */
public record SentencePair(String source, String target, int line) {}
