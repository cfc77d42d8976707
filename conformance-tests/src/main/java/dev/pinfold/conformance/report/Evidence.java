package dev.pinfold.conformance.report;

import dev.pinfold.conformance.http.Answer;
import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An exchange as text, bounded, with nothing in it that a terminal or a page could take for a command. */
final class Evidence {
    private static final int MOST_BODY = 2000;
    private static final int MOST_VALUE = 300;

    private Evidence() {}

    static String request(Exchange exchange) {
        Ask ask = exchange.ask();
        StringBuilder out = new StringBuilder(ask.method() + " " + visible(exchange.url(), 1500) + "\n");
        for (Map.Entry<String, String> header : ask.headers().entrySet()) {
            out.append(header.getKey())
                    .append(": ")
                    .append(visible(header.getValue(), MOST_VALUE))
                    .append('\n');
        }
        byte[] body = ask.body();
        return body == null ? out.toString() : out + "\n" + body(body) + "\n";
    }

    static String response(Exchange exchange) {
        Answer answer = exchange.answer();
        if (answer == null) {
            return "no answer: " + visible(String.valueOf(exchange.failure()), MOST_VALUE) + "\n";
        }
        StringBuilder out = new StringBuilder("HTTP/1.1 " + answer.status() + "\n");
        answer.headers().entrySet().stream()
                .limit(40)
                .forEach(header -> header.getValue().stream()
                        .limit(5)
                        .forEach(value -> out.append(visible(header.getKey(), 100))
                                .append(": ")
                                .append(visible(value, MOST_VALUE))
                                .append('\n')));
        return answer.body().length == 0 ? out.toString() : out + "\n" + body(answer.body()) + "\n";
    }

    static String body(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException binary) {
            return "(" + bytes.length + " bytes that are no text)";
        }
        return visible(text, MOST_BODY);
    }

    /** Control characters become visible; what is too long is cut, and says so. */
    static String visible(String text, int most) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(most).forEach(c -> {
            boolean direction = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
            if ((Character.isISOControl(c) && c != '\n') || direction) {
                out.append(String.format("\\u%04x", c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return text.length() > most ? out + "… (" + text.length() + " characters)" : out.toString();
    }
}
