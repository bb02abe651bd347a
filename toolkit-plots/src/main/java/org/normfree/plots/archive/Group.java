package org.normfree.plots.archive;

import java.util.Map;

/**
 * What the runs of one curve, bar or table row have in common: everything but the seed.
 *
 * @param method the method's registry name
 * @param setting what else sets it apart; empty if nothing does
 */
public record Group(String method, Map<String, String> setting) {}
