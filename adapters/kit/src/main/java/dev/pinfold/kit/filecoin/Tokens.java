package dev.pinfold.kit.filecoin;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The tokens of a Lotus node: JWT with HS256, a list of permissions, and no end. */
final class Tokens {
    private static final String HEAD = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));

    private final byte[] secret;

    Tokens(long seed) {
        secret = TestKey.sha256(("SIMULATED node secret " + seed).getBytes(StandardCharsets.UTF_8));
    }

    String create(List<String> permissions) {
        JsonObject payload = new JsonObject().put("Allow", new JsonArray(permissions));
        String signed = HEAD + "." + encode(payload.encode().getBytes(StandardCharsets.UTF_8));
        return signed + "." + encode(mac(signed));
    }

    /** What a token permits; null when it is not one of this node's. */
    @Nullable
    Set<String> permissions(String token) {
        int last = token.lastIndexOf('.');
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return null;
        }
        try {
            byte[] given = Base64.getUrlDecoder().decode(parts[2]);
            if (!MessageDigest.isEqual(given, mac(token.substring(0, last)))) {
                return null;
            }
            JsonObject payload =
                    new JsonObject(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
            List<String> allow = new ArrayList<>();
            payload.getJsonArray("Allow", new JsonArray()).forEach(each -> allow.add(Json.text(each)));
            return Set.copyOf(allow);
        } catch (IllegalArgumentException | DecodeException | WireException e) {
            return null;
        }
    }

    private byte[] mac(String signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has HmacSHA256", e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
