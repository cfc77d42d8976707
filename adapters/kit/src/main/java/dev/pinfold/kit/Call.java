package dev.pinfold.kit;

import org.jspecify.annotations.Nullable;

/**
 * One request that an upstream received, and what became of it.
 *
 * @param operation what was asked
 * @param uri path and query as sent
 * @param authorization the header as sent; null where there was none
 * @param body the request's body as text; empty where there was none
 * @param status the status of the answer; 0 where none was sent
 */
public record Call(
        PsaOperation operation, String uri, @Nullable String authorization, String body, int status) {}
