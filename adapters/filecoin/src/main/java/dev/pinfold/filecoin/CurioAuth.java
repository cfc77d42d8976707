package dev.pinfold.filecoin;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Locale;

/**
 * How requests to Curio's market 2.0 prove who sends them: a digest of sender, request and time, signed by the wallet. Two
 * schemes exist and do not understand each other; {@link Scheme#REQUEST} is the newer.
 */
final class CurioAuth {
    /** RFC 3339 in whole seconds, as Go writes it; UTC is Z. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssXXX", Locale.ROOT);

    private CurioAuth() {}

    /** What is signed. */
    enum Scheme {
        /** Curio 1.27.4 and later: address, method, path and minute. */
        REQUEST,
        /** Curio up to 1.27.3: address and hour; the hour is written with the zone offset of the server. */
        HOUR;

        Scheme other() {
            return this == REQUEST ? HOUR : REQUEST;
        }
    }

    /**
     * The digest to be signed by the wallet, as an ordinary message.
     *
     * @param uri its path counts, escaped as it is sent, without the query; an empty one is {@code /}
     * @param zone the server's zone, which only {@link Scheme#HOUR} knows
     */
    static byte[] digest(Scheme scheme, Address client, String method, URI uri, Instant now, ZoneOffset zone) {
        MessageDigest sha = sha256();
        sha.update(client.bytes());
        switch (scheme) {
            case REQUEST -> {
                String path = uri.getRawPath();
                sha.update(method.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
                sha.update((path == null || path.isEmpty() ? "/" : path).getBytes(StandardCharsets.UTF_8));
                sha.update(time(now.truncatedTo(ChronoUnit.MINUTES), ZoneOffset.UTC));
            }
            case HOUR -> sha.update(time(now.truncatedTo(ChronoUnit.HOURS), zone));
        }
        return sha.digest();
    }

    /** The value of the {@code Authorization} header. */
    static String header(Address client, Signature signature) {
        Base64.Encoder base64 = Base64.getEncoder();
        return "CurioAuth " + client.keyType() + ":" + base64.encodeToString(client.bytes()) + ":"
                + base64.encodeToString(signature.marshalled());
    }

    private static byte[] time(Instant instant, ZoneOffset zone) {
        return TIME.format(instant.atOffset(zone)).getBytes(StandardCharsets.UTF_8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
