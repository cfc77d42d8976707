package dev.pinfold.kit.filecoin;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Data that a provider fetches by itself, from the first of some addresses that gives it. */
record Pull(HttpClient http, List<From> from) implements ProviderDeal.Source {
    /** An address, and the headers the client wants to be sent there. */
    record From(URI url, Map<String, List<String>> headers) {}

    @Override
    public void copyTo(Path target, ProviderDeal.Progress progress) throws IOException {
        IOException last = new IOException("no URL");
        for (From each : from) {
            try {
                new Fetch(http, each.url(), each.headers()).copyTo(target, progress);
                return;
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }
}
