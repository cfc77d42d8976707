package dev.pinfold.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.filecoin.Cbor.Wrong;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one CBOR value that fills the bytes. Strict: shortest heads, definite lengths, texts as map keys and each key once,
 * tag 42 only, no floats, at most 16 levels.
 */
final class CborIn {
    private static final int DEEPEST = 16;

    private final byte[] bytes;
    private int at;

    private CborIn(byte[] bytes) {
        this.bytes = bytes;
    }

    static Cbor read(byte[] bytes) throws Wrong {
        CborIn in = new CborIn(bytes);
        Cbor value = in.value(0);
        if (in.at != bytes.length) {
            throw new Wrong("there are bytes after the CBOR value");
        }
        return value;
    }

    private Cbor value(int depth) throws Wrong {
        if (depth > DEEPEST) {
            throw new Wrong("CBOR is nested too deeply");
        }
        int first = next();
        int major = first >> 5;
        if (major == 7) {
            return simple(first & 31);
        }
        long argument = argument(first & 31);
        return switch (major) {
            case 0 -> new Cbor.Int(argument);
            case 1 -> new Cbor.Int(-1 - argument);
            case 2 -> new Cbor.Bytes(take(argument));
            case 3 -> new Cbor.Text(utf8(take(argument)));
            case 4 -> items(argument, depth);
            case 5 -> fields(argument, depth);
            default -> link(argument);
        };
    }

    private Cbor items(long length, int depth) throws Wrong {
        requireRoom(length);
        List<Cbor> values = new ArrayList<>();
        for (long i = 0; i < length; i++) {
            values.add(value(depth + 1));
        }
        return new Cbor.Items(List.copyOf(values));
    }

    private Cbor fields(long length, int depth) throws Wrong {
        requireRoom(length);
        Map<String, Cbor> values = new LinkedHashMap<>();
        for (long i = 0; i < length; i++) {
            String key = value(depth + 1).text();
            if (values.put(key, value(depth + 1)) != null) {
                throw new Wrong("a CBOR map has a key twice");
            }
        }
        return new Cbor.Fields(Map.copyOf(values));
    }

    private Cbor link(long tag) throws Wrong {
        if (tag != 42) {
            throw new Wrong("CBOR tag " + tag + " is not known here");
        }
        byte[] value = value(DEEPEST).bytes();
        if (value.length < 2 || value[0] != 0) {
            throw new Wrong("a link does not start with a zero byte");
        }
        try {
            return new Cbor.Link(Cid.read(Arrays.copyOfRange(value, 1, value.length)));
        } catch (ContentException e) {
            throw new Wrong("a link is no CID");
        }
    }

    private static Cbor simple(int low) throws Wrong {
        return switch (low) {
            case 20 -> new Cbor.Flag(false);
            case 21 -> new Cbor.Flag(true);
            case 22 -> new Cbor.Nothing();
            default -> throw new Wrong("CBOR simple value " + low + " is not known here");
        };
    }

    private long argument(int low) throws Wrong {
        if (low < 24) {
            return low;
        }
        if (low > 27) {
            throw new Wrong("CBOR lengths must be definite");
        }
        int width = 1 << (low - 24);
        long value = 0;
        for (int i = 0; i < width; i++) {
            value = value << 8 | next();
        }
        boolean shorter = width == 1 ? value < 24 : value >>> (width * 4) == 0;
        if (shorter || value < 0) {
            throw new Wrong("a CBOR number is too large or not in its shortest form");
        }
        return value;
    }

    private byte[] take(long length) throws Wrong {
        requireRoom(length);
        byte[] out = Arrays.copyOfRange(bytes, at, at + (int) length);
        at += (int) length;
        return out;
    }

    private void requireRoom(long length) throws Wrong {
        if (length > bytes.length - at) {
            throw new Wrong("CBOR ends inside a value");
        }
    }

    private int next() throws Wrong {
        if (at >= bytes.length) {
            throw new Wrong("CBOR ends inside a value");
        }
        return bytes[at++] & 0xff;
    }

    private static String utf8(byte[] text) throws Wrong {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Wrong("a CBOR text is not UTF-8");
        }
    }
}
