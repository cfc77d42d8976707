package dev.pinfold.content;

/** Numbers of the content types a CID can name. Source: the multicodec table. */
public final class Codec {
    /** Bytes without structure. */
    public static final long RAW = 0x55;
    /** The protobuf nodes of UnixFS. */
    public static final long DAG_PB = 0x70;
    /** Canonical CBOR with links. */
    public static final long DAG_CBOR = 0x71;
    /** A libp2p public key, as in IPNS names. */
    public static final long LIBP2P_KEY = 0x72;
    /** JSON with links. */
    public static final long DAG_JSON = 0x0129;
    /** Plain CBOR, without links. */
    public static final long CBOR = 0x51;
    /** Plain JSON, without links. */
    public static final long JSON = 0x0200;
    /** A Filecoin piece before sealing (piece CID version 1). */
    public static final long FIL_COMMITMENT_UNSEALED = 0xf101;

    private Codec() {}

    /** The name of the multicodec table for the codecs known here, else the number as {@code 0x…}. */
    public static String name(long codec) {
        return switch ((int) Math.min(codec, Integer.MAX_VALUE)) {
            case (int) RAW -> "raw";
            case (int) DAG_PB -> "dag-pb";
            case (int) DAG_CBOR -> "dag-cbor";
            case (int) LIBP2P_KEY -> "libp2p-key";
            case (int) DAG_JSON -> "dag-json";
            case (int) CBOR -> "cbor";
            case (int) JSON -> "json";
            case (int) FIL_COMMITMENT_UNSEALED -> "fil-commitment-unsealed";
            default -> "0x" + Long.toHexString(codec);
        };
    }
}
