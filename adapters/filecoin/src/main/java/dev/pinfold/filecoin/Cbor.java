package dev.pinfold.filecoin;

import dev.pinfold.content.Cid;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** A CBOR value, as storage providers answer with. What is not there, or of another kind, is a {@link Wrong}. */
sealed interface Cbor {
    record Int(long value) implements Cbor {}

    @SuppressWarnings("ArrayRecordComponent") // Moved, never compared.
    record Bytes(byte[] value) implements Cbor {}

    record Text(String value) implements Cbor {}

    record Items(List<Cbor> values) implements Cbor {}

    record Fields(Map<String, Cbor> values) implements Cbor {}

    record Link(Cid value) implements Cbor {}

    record Flag(boolean value) implements Cbor {}

    record Nothing() implements Cbor {}

    /** The bytes are no CBOR, or not what was expected; the message holds none of them. */
    final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        Wrong(String message) {
            super(message);
        }
    }

    /** The field of a map, whatever its place. */
    default Cbor field(String name) throws Wrong {
        Cbor value = this instanceof Fields fields ? fields.values().get(name) : null;
        if (value == null) {
            throw new Wrong("the field " + name + " is missing");
        }
        return value;
    }

    default Cbor item(int at) throws Wrong {
        if (this instanceof Items items && at < items.values().size()) {
            return items.values().get(at);
        }
        throw new Wrong("item " + at + " of an array is missing");
    }

    default boolean isNothing() {
        return this instanceof Nothing;
    }

    default List<Cbor> items() throws Wrong {
        if (this instanceof Items items) {
            return items.values();
        }
        throw new Wrong("an array was expected");
    }

    default String text() throws Wrong {
        if (this instanceof Text text) {
            return text.value();
        }
        throw new Wrong("a text was expected");
    }

    default boolean flag() throws Wrong {
        if (this instanceof Flag flag) {
            return flag.value();
        }
        throw new Wrong("true or false was expected");
    }

    default long integer() throws Wrong {
        if (this instanceof Int number) {
            return number.value();
        }
        throw new Wrong("an integer was expected");
    }

    default byte[] bytes() throws Wrong {
        if (this instanceof Bytes bytes) {
            return bytes.value();
        }
        throw new Wrong("a byte string was expected");
    }

    default Cid link() throws Wrong {
        if (this instanceof Link link) {
            return link.value();
        }
        throw new Wrong("a link was expected");
    }

    /** An amount that is not negative. */
    default BigInteger amount() throws Wrong {
        byte[] bytes = bytes();
        if (bytes.length == 0) {
            return BigInteger.ZERO;
        }
        if (bytes[0] != 0 || bytes.length > 128) {
            throw new Wrong("an amount is negative or too long");
        }
        return new BigInteger(1, bytes);
    }
}
