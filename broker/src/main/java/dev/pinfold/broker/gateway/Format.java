package dev.pinfold.broker.gateway;

import java.util.Arrays;
import java.util.Optional;

/** In which form content is asked for. Source: trustless and path gateway specifications, {@code format} and Accept. */
enum Format {
    /** Nothing was said: what the content is by itself. */
    NATIVE("", ""),
    RAW("raw", "application/vnd.ipld.raw"),
    CAR("car", "application/vnd.ipld.car"),
    DAG_JSON("dag-json", "application/vnd.ipld.dag-json"),
    DAG_CBOR("dag-cbor", "application/vnd.ipld.dag-cbor"),
    JSON("json", "application/json"),
    CBOR("cbor", "application/cbor"),
    /** Known, but not served here. */
    TAR("tar", "application/x-tar"),
    /** Known, but not served here. */
    IPNS_RECORD("ipns-record", "application/vnd.ipfs.ipns-record");

    private final String word;
    private final String type;

    Format(String word, String type) {
        this.word = word;
        this.type = type;
    }

    /** The value of the query parameter {@code format}. */
    String word() {
        return word;
    }

    /** The media type, without parameters. */
    String type() {
        return type;
    }

    static Optional<Format> ofWord(String word) {
        return Arrays.stream(values())
                .filter(format -> format != NATIVE && format.word.equals(word))
                .findFirst();
    }

    static Optional<Format> ofType(String type) {
        return Arrays.stream(values())
                .filter(format -> format != NATIVE && format.type.equals(type))
                .findFirst();
    }
}
