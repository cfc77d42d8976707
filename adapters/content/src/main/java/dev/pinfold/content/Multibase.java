package dev.pinfold.content;

import java.util.Arrays;

/**
 * Text forms of bytes, each named by its first character.
 *
 * <p>Decoding is strict: only the letters of the base in its own case, no padding, no stray bits at the end, so that one
 * sequence of bytes has exactly one text per base. Source: multiformats/multibase.
 */
@SuppressWarnings("ImmutableEnumChecker") // The two tables are filled once and never handed out.
public enum Multibase {
    /** Lower-case hexadecimal, {@code f}. */
    BASE16('f', "0123456789abcdef", 4),
    /** Upper-case hexadecimal, {@code F}. */
    BASE16_UPPER('F', "0123456789ABCDEF", 4),
    /** RFC 4648 in lower case without padding, {@code b}: the usual text of a CIDv1. */
    BASE32('b', "abcdefghijklmnopqrstuvwxyz234567", 5),
    /** RFC 4648 in upper case without padding, {@code B}. */
    BASE32_UPPER('B', "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 5),
    /** Digits and lower-case letters as one big number, {@code k}: fits IPNS names into a DNS label. */
    BASE36('k', "0123456789abcdefghijklmnopqrstuvwxyz", 0),
    /** Digits and upper-case letters as one big number, {@code K}. */
    BASE36_UPPER('K', "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0),
    /** Bitcoin's base 58, {@code z}; without the letter it is the text of a CIDv0. */
    BASE58BTC('z', "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 0),
    /** RFC 4648 base 64 without padding, {@code m}: the text of bytes in DAG-JSON. */
    BASE64('m', "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 6),
    /** RFC 4648 base 64 for URLs without padding, {@code u}. */
    BASE64_URL('u', "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 6);

    private final char prefix;
    private final char[] alphabet;
    private final byte[] values = new byte[128];
    /** Bits per letter, or 0 where the text is one number in the base. */
    private final int bits;

    Multibase(char prefix, String alphabet, int bits) {
        this.prefix = prefix;
        this.alphabet = alphabet.toCharArray();
        this.bits = bits;
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < this.alphabet.length; i++) {
            values[this.alphabet[i]] = (byte) i;
        }
    }

    /** The character that names this base in front of a text. */
    public char prefix() {
        return prefix;
    }

    /** The base that {@code prefix} names. Throws MALFORMED for a character that names none known here. */
    public static Multibase ofPrefix(char prefix) {
        for (Multibase base : values()) {
            if (base.prefix == prefix) {
                return base;
            }
        }
        throw ContentException.malformed("Unknown multibase prefix " + quoted(prefix)
                + ": use base32 (b…), base36 (k…), base58btc (z…), base64url (u…) or base16 (f…)");
    }

    /** The text of {@code bytes} with its prefix. */
    public String encode(byte[] bytes) {
        return prefix + encodeBare(bytes);
    }

    /** The text of {@code bytes} without a prefix. */
    public String encodeBare(byte[] bytes) {
        return bits == 0 ? encodeNumber(bytes) : encodeBits(bytes);
    }

    /** The bytes of a text that starts with its prefix. */
    public static byte[] decode(String text) {
        if (text.isEmpty()) {
            throw ContentException.malformed("The text is empty: a multibase prefix is missing");
        }
        return ofPrefix(text.charAt(0)).decodeBare(text, 1);
    }

    /** The bytes of {@code text} from character {@code from} on, which carries no prefix. Throws MALFORMED. */
    public byte[] decodeBare(String text, int from) {
        return bits == 0 ? decodeNumber(text, from) : decodeBits(text, from);
    }

    private String encodeBits(byte[] bytes) {
        StringBuilder out = new StringBuilder((bytes.length * 8 + bits - 1) / bits);
        int buffer = 0;
        int held = 0;
        for (byte next : bytes) {
            buffer = (buffer << 8 | (next & 0xff)) & 0xffff;
            held += 8;
            while (held >= bits) {
                held -= bits;
                out.append(alphabet[buffer >> held & (1 << bits) - 1]);
            }
        }
        if (held > 0) {
            out.append(alphabet[buffer << (bits - held) & (1 << bits) - 1]);
        }
        return out.toString();
    }

    private byte[] decodeBits(String text, int from) {
        int letters = text.length() - from;
        byte[] out = new byte[letters * bits / 8];
        int buffer = 0;
        int held = 0;
        int at = 0;
        for (int i = from; i < text.length(); i++) {
            buffer = (buffer << bits | valueAt(text, i)) & 0xffff;
            held += bits;
            if (held >= 8) {
                held -= 8;
                out[at++] = (byte) (buffer >> held);
            }
        }
        if (held >= bits) {
            throw ContentException.malformed(
                    "A text of " + letters + " letters is cut: no " + label() + " text has that length");
        }
        if ((buffer & (1 << held) - 1) != 0) {
            throw ContentException.malformed("The last letter " + quoted(text.charAt(text.length() - 1))
                    + " carries stray bits: not canonical " + label());
        }
        return out;
    }

    private String encodeNumber(byte[] bytes) {
        int base = alphabet.length;
        byte[] digits = new byte[bytes.length * 2];
        int used = 0;
        int zeros = 0;
        while (zeros < bytes.length && bytes[zeros] == 0) {
            zeros++;
        }
        for (int i = zeros; i < bytes.length; i++) {
            int carry = bytes[i] & 0xff;
            for (int j = 0; j < used || carry != 0; j++) {
                carry += (digits[j] & 0xff) << 8;
                digits[j] = (byte) (carry % base);
                carry /= base;
                used = Math.max(used, j + 1);
            }
        }
        StringBuilder out = new StringBuilder(zeros + used);
        out.repeat(alphabet[0], zeros);
        for (int j = used - 1; j >= 0; j--) {
            out.append(alphabet[digits[j]]);
        }
        return out.toString();
    }

    private byte[] decodeNumber(String text, int from) {
        int base = alphabet.length;
        byte[] little = new byte[text.length() - from];
        int used = 0;
        int zeros = 0;
        for (int i = from; i < text.length(); i++) {
            int carry = valueAt(text, i);
            if (carry == 0 && used == 0) {
                zeros++;
                continue;
            }
            for (int j = 0; j < used || carry != 0; j++) {
                carry += (little[j] & 0xff) * base;
                little[j] = (byte) carry;
                carry >>>= 8;
                used = Math.max(used, j + 1);
            }
        }
        byte[] out = new byte[zeros + used];
        for (int j = 0; j < used; j++) {
            out[out.length - 1 - j] = little[j];
        }
        return out;
    }

    private int valueAt(String text, int index) {
        char letter = text.charAt(index);
        int value = letter < values.length ? values[letter] : -1;
        if (value < 0) {
            throw ContentException.malformed(
                    "Character " + quoted(letter) + " at position " + index + " is not a letter of " + label());
        }
        return value;
    }

    private String label() {
        return name().toLowerCase(java.util.Locale.ROOT)
                .replace("_upper", " in upper case")
                .replace('_', ' ');
    }

    private static String quoted(char letter) {
        return letter > ' ' && letter < 127 ? "'" + letter + "'" : String.format("U+%04X", (int) letter);
    }
}
