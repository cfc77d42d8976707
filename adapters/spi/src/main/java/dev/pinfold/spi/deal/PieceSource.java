package dev.pinfold.spi.deal;

import java.net.URI;
import java.util.Map;

/**
 * Where the storage provider fetches the payload. The headers hold the deal's own token, so they are never shown.
 *
 * @param url http or https; the whole CAR, with Range
 * @param headers what to send with each request, one value per name
 */
public record PieceSource(URI url, Map<String, String> headers) {
    public PieceSource {
        if (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
            throw new IllegalArgumentException("a piece is fetched from an absolute http or https URL");
        }
        headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
        return "PieceSource[" + url + ", headers=" + headers.keySet() + "]";
    }
}
