package dev.pinfold.spi.deal;

/** How a deal is proposed. */
public enum DealMode {
    /** The Lotus node itself makes the deal: nodes up to 1.27.0, and forks. */
    LEGACY("lotus-legacy"),
    /** The node signs; the proposal goes as CBOR over HTTP to the storage provider; the chain's market holds the deal. */
    MK12("lotus-mk12"),
    /** The node signs; the deal goes as JSON to the storage provider's market 2.0; DataCap backs it on chain. */
    MK20("lotus-mk20");

    private final String label;

    DealMode(String label) {
        this.label = label;
    }

    /** The word for it in configuration, columns, JSON and metrics. */
    public String label() {
        return label;
    }

    /** Throws {@link IllegalArgumentException} for a word that is none. */
    public static DealMode ofLabel(String label) {
        for (DealMode mode : values()) {
            if (mode.label.equals(label)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(
                "'" + label + "' is no way to make deals: use lotus-legacy, lotus-mk12 or lotus-mk20");
    }
}
