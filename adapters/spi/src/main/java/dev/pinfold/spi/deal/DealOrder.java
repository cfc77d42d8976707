package dev.pinfold.spi.deal;

import java.util.Locale;
import java.util.UUID;

/**
 * The wish for one deal with one storage provider. Written to the broker's database, whole, before anybody hears of it,
 * and never changed afterwards: a deal whose reply was lost is found again by it.
 *
 * @param key unique for ever, 1..64 characters of {@code [A-Za-z0-9-]}
 * @param id the deal's UUID in mk12, and as Crockford text its ULID in mk20 (see {@link #ulid()}); a UUID of version 7
 *     gives a ULID whose time is right
 * @param mode how it is proposed; one of {@link StorageProviderInfo#modes()}
 * @param client the wallet that signs and pays, {@link NodeReport#wallet()}
 * @param provider the storage provider's id address, such as {@code f01234}
 */
public record DealOrder(
        String key,
        UUID id,
        DealMode mode,
        String client,
        String provider,
        DealPiece piece,
        DealTerms terms,
        PieceSource source) {
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int ULID_LENGTH = 26;

    public DealOrder {
        if (!key.matches("[A-Za-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("order key must be 1..64 characters of [A-Za-z0-9-]: " + key);
        }
        if (!provider.matches("[ft]0[0-9]{1,19}")) {
            throw new IllegalArgumentException("a storage provider is named by its id address, such as f01234");
        }
        if (id.getMostSignificantBits() == 0 && id.getLeastSignificantBits() == 0) {
            throw new IllegalArgumentException("a deal's id is not zero");
        }
    }

    /** The 128 bits of {@link #id()} as a ULID: 26 characters of Crockford's base 32, most significant first. */
    public String ulid() {
        char[] text = new char[ULID_LENGTH];
        long high = id.getMostSignificantBits();
        long low = id.getLeastSignificantBits();
        for (int at = ULID_LENGTH - 1; at >= 0; at--) {
            text[at] = CROCKFORD.charAt((int) (low & 31));
            low = low >>> 5 | high << 59;
            high >>>= 5;
        }
        return new String(text);
    }

    /** The UUID with the same 128 bits. Throws {@link IllegalArgumentException} for what is no ULID. */
    public static UUID idOfUlid(String ulid) {
        if (!ulid.matches("(?i)[0-7][0-9A-HJKMNP-TV-Z]{25}")) {
            throw new IllegalArgumentException("not a ULID: 26 characters of Crockford's base 32");
        }
        long high = 0;
        long low = 0;
        for (char letter : ulid.toUpperCase(Locale.ROOT).toCharArray()) {
            high = high << 5 | low >>> 59;
            low = low << 5 | CROCKFORD.indexOf(letter);
        }
        return new UUID(high, low);
    }
}
