package dev.pinfold.kit.filecoin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Pulls data from where a client offers it, with the client's headers, and goes on with a range where it broke off. */
final class Fetch {
    private static final int TRIES = 5;
    /** What Go's HTTP client, which providers use, never lets a caller set. */
    private static final List<String> OWN_HEADERS = List.of("host", "content-length", "connection", "range");

    private final HttpClient http;
    private final URI url;
    private final Map<String, List<String>> headers;

    Fetch(HttpClient http, URI url, Map<String, List<String>> headers) {
        this.http = http;
        this.url = url;
        this.headers = headers;
    }

    void copyTo(Path target, ProviderDeal.Progress progress) throws IOException {
        long have = 0;
        IOException last = null;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            try {
                have = attempt(target, have, progress);
                return;
            } catch (BrokenOff e) {
                have = e.have;
                last = e;
            }
        }
        throw last == null ? new IOException("no try") : last;
    }

    private long attempt(Path target, long have, ProviderDeal.Progress progress) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url).timeout(Duration.ofMinutes(10)).GET();
        headers.forEach((name, values) -> values.stream()
                .filter(value -> !OWN_HEADERS.contains(name.toLowerCase(java.util.Locale.ROOT)))
                .forEach(value -> request.header(name, value)));
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        HttpResponse<InputStream> answer = send(request.build(), have);
        try (InputStream body = answer.body()) {
            long from = answer.statusCode() == 206 ? have : 0;
            if (answer.statusCode() != 200 && answer.statusCode() != 206) {
                throw new IOException(url + " answered " + answer.statusCode());
            }
            return copy(body, target, from, progress, expected(answer, from));
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request, long have) throws IOException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException e) {
            throw new BrokenOff(have, e);
        }
    }

    private static long expected(HttpResponse<InputStream> answer, long from) {
        return answer.headers().firstValueAsLong("Content-Length").orElse(-1 - from) + from;
    }

    private static long copy(InputStream body, Path target, long from, ProviderDeal.Progress progress, long expected)
            throws IOException {
        long have = from;
        StandardOpenOption how = from == 0 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND;
        try (OutputStream out =
                Files.newOutputStream(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                out.write(buffer, 0, read);
                have += read;
                progress.received(have);
            }
        } catch (IOException e) {
            throw new BrokenOff(have, e);
        }
        if (expected >= 0 && have < expected) {
            throw new BrokenOff(have, new IOException("only " + have + " of " + expected + " bytes came"));
        }
        return have;
    }

    private static final class BrokenOff extends IOException {
        final long have;

        BrokenOff(long have, IOException cause) {
            super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
            this.have = have;
        }
    }
}
