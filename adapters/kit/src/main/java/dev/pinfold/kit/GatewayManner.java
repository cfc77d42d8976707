package dev.pinfold.kit;

/** How honest the gateway of a {@link ScriptedPsa} is about content that it says it has pinned. */
public enum GatewayManner {
    /** Serves what is pinned here and offered on the network. */
    HONEST,
    /** Serves what is offered on the network, pinned here or not. */
    GENEROUS,
    /** Serves nothing: 404. */
    SERVES_NOTHING,
    /** Serves blocks of the right length with one bit turned. */
    SERVES_WRONG_BYTES,
    /** Serves half of every answer, then resets the connection. */
    BREAKS_OFF,
    /** Serves a page of HTML with status 200. */
    SERVES_HTML,
    /** Serves the file, whatever format is asked for, as gateways did before blocks and CARs could be had from them. */
    IGNORES_FORMAT
}
