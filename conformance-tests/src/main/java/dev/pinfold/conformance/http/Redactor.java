package dev.pinfold.conformance.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Replaces every secret of the run, in each spelling it may travel in, before anything is recorded. */
public final class Redactor {
    public static final String HIDDEN = "[token]";

    /** Shorter texts occur by chance everywhere; a token like that is hidden only where it is sent. */
    private static final int SHORTEST = 6;

    private final List<String> secrets = new ArrayList<>();

    public Redactor(List<String> tokens) {
        for (String token : tokens) {
            if (token.length() < SHORTEST) {
                secrets.add("Bearer " + token);
                continue;
            }
            secrets.add(token);
            secrets.add(URLEncoder.encode(token, StandardCharsets.UTF_8));
            secrets.add(URLEncoder.encode(token, StandardCharsets.UTF_8).replace("+", "%20"));
            secrets.add(Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8)));
            secrets.add(Base64.getEncoder().encodeToString((token + ":").getBytes(StandardCharsets.UTF_8)));
        }
    }

    public String clean(String text) {
        String cleaned = text;
        for (String secret : secrets) {
            cleaned = cleaned.replace(secret, HIDDEN);
        }
        return cleaned;
    }

    /** The bytes themselves when they hold no secret, so that content stays comparable with its hash. */
    public byte[] clean(byte[] bytes) {
        // Latin-1 keeps every byte as it is; a token of an HTTP header has no other characters.
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String cleaned = clean(text);
        return cleaned.equals(text) ? bytes : cleaned.getBytes(StandardCharsets.ISO_8859_1);
    }

    public boolean appearsIn(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return !clean(text).equals(text);
    }

    Ask clean(Ask ask) {
        Map<String, String> headers = new LinkedHashMap<>();
        ask.headers().forEach((name, value) -> headers.put(name, clean(value)));
        byte[] body = ask.body();
        return new Ask(ask.method(), clean(ask.target()), headers, body == null ? null : clean(body), ask.chunked());
    }

    Answer clean(Answer answer) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        answer.headers()
                .forEach((name, values) ->
                        headers.put(name, values.stream().map(this::clean).toList()));
        return new Answer(answer.status(), headers, clean(answer.body()), answer.took());
    }
}
