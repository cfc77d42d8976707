package dev.pinfold.kit.filecoin;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the header {@code Authorization: CurioAuth …} as one of three generations of Curio does. */
final class CurioAuth {
    private final CurioAge age;
    private final InstantSource clock;

    CurioAuth(CurioAge age, InstantSource clock) {
        this.age = age;
        this.clock = clock;
    }

    /** Whose request this is; null when the header does not prove it. */
    @Nullable
    Address client(@Nullable String header, String method, String escapedPath) {
        if (header == null || !header.startsWith("CurioAuth ")) {
            return null;
        }
        String[] parts = header.substring("CurioAuth ".length()).split(":", -1);
        if (parts.length != 3 || !parts[0].equals("secp256k1")) {
            return null;
        }
        try {
            byte[] address = Base64.getDecoder().decode(parts[1]);
            byte[] signature = Base64.getDecoder().decode(parts[2]);
            Address client = Address.read(address);
            return digests(address, method, escapedPath).stream()
                            .anyMatch(digest -> TestKey.verifies(client, digest, signature))
                    ? client
                    : null;
        } catch (IllegalArgumentException | WireException e) {
            return null;
        }
    }

    private List<byte[]> digests(byte[] address, String method, String path) {
        Instant minute = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        Instant hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
        return switch (age) {
            case SINCE_1_28_2 ->
                List.of(
                        digest(address, method, path, minute),
                        digest(address, method, path, minute.minusSeconds(60)),
                        digest(address, method, path, minute.plusSeconds(60)));
            case SINCE_1_27_4 -> List.of(digest(address, method, path, minute));
            case UNTIL_1_27_3 -> List.of(TestKey.sha256(address, ascii(hour.toString())));
        };
    }

    private static byte[] digest(byte[] address, String method, String path, Instant minute) {
        String signed = path.isEmpty() ? "/" : path;
        return TestKey.sha256(address, ascii(method), ascii(signed), ascii(minute.toString()));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
