package dev.pinfold.kit;

/** What a client can ask of a {@link ScriptedPsa}: the five operations of the Pinning Service API, and its gateway. */
public enum PsaOperation {
    /** {@code POST /pins}. */
    ADD,
    /** {@code GET /pins/{requestid}}. */
    GET,
    /** {@code GET /pins}. */
    LIST,
    /** {@code POST /pins/{requestid}}. */
    REPLACE,
    /** {@code DELETE /pins/{requestid}}. */
    DELETE,
    /** {@code GET /ipfs/{cid}?format=raw}. */
    BLOCK,
    /** {@code GET /ipfs/{cid}?format=car}. */
    CAR
}
