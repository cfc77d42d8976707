package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The scalar shapes of Lotus's JSON: CIDs as {@code {"/": …}}, amounts as decimal strings, bytes in base64. */
final class Json {
    private Json() {}

    static JsonObject cid(Cid cid) {
        return new JsonObject().put("/", cid.toString());
    }

    static @Nullable JsonObject cidOrNull(@Nullable Cid cid) {
        return cid == null ? null : cid(cid);
    }

    static JsonArray cids(List<Cid> cids) {
        JsonArray out = new JsonArray();
        cids.forEach(cid -> out.add(cid(cid)));
        return out;
    }

    static Cid readCid(@Nullable Object value) {
        if (!(value instanceof JsonObject link) || !(link.getValue("/") instanceof String text)) {
            throw new WireException("a CID is written {\"/\":\"…\"}, not " + value);
        }
        try {
            return Cid.parse(text);
        } catch (ContentException e) {
            throw new WireException(String.valueOf(e.getMessage()));
        }
    }

    static BigInteger amount(@Nullable Object value) {
        if (!(value instanceof String text)) {
            throw new WireException("an amount is a decimal string, not " + value);
        }
        try {
            return text.isEmpty() ? BigInteger.ZERO : new BigInteger(text);
        } catch (NumberFormatException e) {
            throw new WireException("failed to parse bigint string: " + text);
        }
    }

    static long number(@Nullable Object value) {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw new WireException("a number is expected, not " + value);
    }

    static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new WireException("a text is expected, not " + value);
    }

    static JsonObject object(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw new WireException("an object is expected, not " + value);
    }

    static boolean flag(@Nullable Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw new WireException("true or false is expected, not " + value);
    }

    static Address address(@Nullable Object value) {
        return Address.parse(text(value));
    }

    static byte[] bytes(@Nullable Object value) {
        try {
            return value == null ? new byte[0] : Base64.getDecoder().decode(text(value));
        } catch (IllegalArgumentException e) {
            throw new WireException("illegal base64 data: " + e.getMessage());
        }
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
