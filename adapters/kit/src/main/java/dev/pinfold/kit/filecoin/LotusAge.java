package dev.pinfold.kit.filecoin;

/**
 * Which Lotus a node plays: what it can, and the shapes of its answers.
 *
 * <p>Sources: the method list of 1.5.0 and the OpenRPC documents of 1.11.0, 1.27.0 and 1.36.2; filecoin.md sections 2, 3.
 */
public enum LotusAge {
    /** 1.5.0, the base of Filecash: only {@code /rpc/v0}, 49 hours until a deal starts, no export over HTTP. */
    V1_5("1.5.0", 65_792, 9, false, true),
    /** 1.11.0: both paths, the client of deals, flat asks. */
    V1_11("1.11.0", 131_328, 13, true, true),
    /** 1.27.0, the last that makes deals itself: eight days until a deal starts. */
    V1_27("1.27.0", 131_840, 22, true, true),
    /** 1.36.2: wallet, chain and messages; no deals. */
    V1_36("1.36.2", 131_840, 29, true, false);

    private final String version;
    private final int apiVersion;
    private final int networkVersion;
    private final boolean version1;
    private final boolean client;

    LotusAge(String version, int apiVersion, int networkVersion, boolean version1, boolean client) {
        this.version = version;
        this.apiVersion = apiVersion;
        this.networkVersion = networkVersion;
        this.version1 = version1;
        this.client = client;
    }

    /** The text of {@code Filecoin.Version}. */
    public String version() {
        return version + "+SIMULATED+git.00000000";
    }

    int apiVersion() {
        return apiVersion;
    }

    int networkVersion() {
        return networkVersion;
    }

    /** Whether there is {@code /rpc/v1}. */
    boolean hasVersion1() {
        return version1;
    }

    /** Whether it makes deals itself. */
    public boolean hasClient() {
        return client;
    }

    boolean hasExport() {
        return this == V1_27;
    }

    /** Whether actors know allocations and claims. */
    boolean hasDataCapAllocations() {
        return compareTo(V1_27) >= 0;
    }

    /** Whether a call without a result is answered with null; older nodes leave the key out. */
    boolean saysNull() {
        return this == V1_36;
    }

    /** Epochs from the proposal to the start of a deal when the client does not say. */
    long startBuffer() {
        return this == V1_27 ? 8 * 24 * 120 : 49 * 120;
    }
}
