package dev.pinfold.conformance.rule;

import dev.pinfold.conformance.http.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One observed violation.
 *
 * @param expected what the rule asks for, as a phrase
 * @param got what came instead, as a phrase
 * @param exchange the request and answer that show it; null only when no single exchange does
 */
public record Finding(String expected, String got, @Nullable Exchange exchange) {}
