package dev.pinfold.content;

import org.jspecify.annotations.Nullable;

/**
 * A content identifier: what kind of content, and the hash that proves it. Immutable.
 *
 * <p>Two CIDs are equal when version, codec and multihash are: a CIDv0 and the CIDv1 of the same content are not equal,
 * but share {@link #canonical()}. Reading is strict, because what people type comes straight here: each message says
 * what to change. Source: multiformats/cid.
 */
public final class Cid {
    /** No CID that is accepted here has a longer text, whatever its base. */
    public static final int MAX_TEXT = 320;

    private static final int V0_TEXT = 46;

    private final int version;
    private final long codec;
    private final Multihash multihash;

    private Cid(int version, long codec, Multihash multihash) {
        this.version = version;
        this.codec = codec;
        this.multihash = multihash;
    }

    /** The CIDv1 of a codec and a multihash. */
    public static Cid v1(long codec, Multihash multihash) {
        Varint.size(codec);
        return new Cid(1, codec, multihash);
    }

    /** The CIDv0 of a dag-pb node. Throws MALFORMED unless {@code multihash} is a whole SHA-256. */
    public static Cid v0(Multihash multihash) {
        if (!fitsV0(multihash)) {
            throw ContentException.malformed("A CIDv0 needs a sha2-256 hash of 32 bytes, not " + multihash);
        }
        return new Cid(0, Codec.DAG_PB, multihash);
    }

    /** The CIDv1 of {@code content} with codec {@code codec} and SHA-256. */
    public static Cid of(long codec, byte[] content) {
        return v1(codec, Multihash.sha256(content));
    }

    /**
     * Reads the text of a CID, alone: no {@code /ipfs/} before it, no path after it.
     *
     * @throws ContentException MALFORMED, INCOMPLETE or UNSUPPORTED; the message repeats the text and says what to change
     */
    public static Cid parse(String text) {
        try {
            return parseText(text);
        } catch (ContentException e) {
            throw new ContentException(e.kind(), "Not a CID: " + shown(text) + ". " + e.getMessage(), e);
        }
    }

    private static Cid parseText(String text) {
        checkShape(text);
        if (text.startsWith("Qm") || text.startsWith("1")) {
            return parseV0(text);
        }
        byte[] bytes = Multibase.decode(text);
        if (bytes.length > 1 && bytes[0] == 0x12 && bytes[1] == 0x20) {
            throw ContentException.malformed(
                    "A CIDv0 has no multibase prefix: remove the first character, or use its CIDv1");
        }
        return read(bytes);
    }

    private static void checkShape(String text) {
        if (text.isEmpty()) {
            throw ContentException.malformed("The text is empty");
        }
        if (text.length() > MAX_TEXT) {
            throw ContentException.malformed("It has " + text.length() + " characters; a CID has at most " + MAX_TEXT);
        }
        if (text.contains("://") || (text.indexOf('/') >= 0 && text.charAt(0) != 'm')) {
            throw ContentException.malformed(
                    "Give the CID alone, without scheme, /ipfs/ or path; a CID starts with baf, Qm, k or z");
        }
        if (!text.equals(text.strip())) {
            throw ContentException.malformed("Remove the blanks around it");
        }
    }

    private static Cid parseV0(String text) {
        if (text.length() != V0_TEXT || !text.startsWith("Qm")) {
            throw ContentException.malformed("A CIDv0 starts with Qm and has " + V0_TEXT + " characters, this has "
                    + text.length() + (text.length() < V0_TEXT ? ": some are missing" : ""));
        }
        byte[] bytes = Multibase.BASE58BTC.decodeBare(text, 0);
        return v0(Multihash.read(bytes));
    }

    private static String shown(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < Math.min(text.length(), 80); i++) {
            char next = text.charAt(i);
            out.append(next >= ' ' && next < 127 && next != '"' ? next : '?');
        }
        return out.append(text.length() > 80 ? "…\"" : "\"").toString();
    }

    /** Reads bytes that are one CID and nothing else. Throws as {@link #parse}. */
    public static Cid read(byte[] bytes) {
        Cid read = readPrefix(bytes, 0, bytes.length);
        int rest = bytes.length - read.size();
        if (rest != 0) {
            throw ContentException.malformed("There are " + rest + " bytes too many after the CID " + read);
        }
        return read;
    }

    /**
     * Reads the CID that starts at {@code offset}; {@link #size()} says how many bytes it took.
     *
     * @param limit the first index that may not be read
     */
    public static Cid readPrefix(byte[] bytes, int offset, int limit) {
        if (limit - offset >= 2 && bytes[offset] == 0x12 && bytes[offset + 1] == 0x20) {
            return v0(Multihash.readPrefix(bytes, offset, limit));
        }
        long version = Varint.read(bytes, offset, limit, "CID version");
        if (version != 1) {
            throw ContentException.malformed("CID version " + version + " does not exist: a CID has version 0 or 1");
        }
        int at = offset + 1;
        long codec = Varint.read(bytes, at, limit, "CID codec");
        at += Varint.size(codec);
        return new Cid(1, codec, Multihash.readPrefix(bytes, at, limit));
    }

    /** 0 or 1. */
    public int version() {
        return version;
    }

    /** The content type, a number of {@link Codec}; dag-pb for every CIDv0. */
    public long codec() {
        return codec;
    }

    /** The hash that proves the content. */
    public Multihash multihash() {
        return multihash;
    }

    /** The CIDv1 of the same content: this, if it is one. */
    public Cid toV1() {
        return version == 1 ? this : new Cid(1, codec, multihash);
    }

    /** The text that a CIDv0 and its equal CIDv1 share, for use as a key: CIDv1 in base32. */
    public String canonical() {
        return Multibase.BASE32.encode(toV1().bytes());
    }

    /** The text in {@code base}. A CIDv0 has no such text: that of its CIDv1 is given. */
    public String text(Multibase base) {
        return base.encode(toV1().bytes());
    }

    /** The number of bytes of the binary form. */
    public int size() {
        return version == 0 ? multihash.size() : 1 + Varint.size(codec) + multihash.size();
    }

    /** The binary form. */
    public byte[] bytes() {
        byte[] out = new byte[size()];
        writeTo(out, 0);
        return out;
    }

    /** Writes the binary form at {@code offset} and returns the index after it. */
    public int writeTo(byte[] target, int offset) {
        int at = offset;
        if (version == 1) {
            target[at++] = 1;
            at = Varint.write(codec, target, at);
        }
        return multihash.writeTo(target, at);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Cid that
                && version == that.version
                && codec == that.codec
                && multihash.equals(that.multihash);
    }

    @Override
    public int hashCode() {
        return multihash.hashCode() ^ (int) codec;
    }

    /** The usual text: {@code Qm…} for a CIDv0, base32 for a CIDv1. Never fails. */
    @Override
    public String toString() {
        return version == 0 ? Multibase.BASE58BTC.encodeBare(bytes()) : canonical();
    }

    private static boolean fitsV0(Multihash hash) {
        return hash.code() == HashFunction.SHA2_256.code() && hash.digestShared().length == 32;
    }
}
