package dev.pinfold.filecoin;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.http.HttpAnswer;
import dev.pinfold.http.HttpCall;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.Wire;
import dev.pinfold.http.WireException;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.ColdReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;

/** Reads from storage providers: {@code /piece} with ranges, {@code /ipfs} as a trustless gateway. */
final class ProviderReads implements ColdReader {
    private final SafeWords words;
    private final Wire wire;
    private final StorageProviders providers;
    private final CurioHttp curio;

    ProviderReads(SafeWords words, Wire wire, StorageProviders providers, CurioHttp curio) {
        this.words = words;
        this.wire = wire;
        this.providers = providers;
        this.curio = curio;
    }

    @Override
    public InputStream piece(String storageProvider, Cid pieceCid, long offset, long length, Deadline deadline) {
        if (offset < 0 || length < 1) {
            throw new IllegalArgumentException("a part of a piece begins at 0 or later and has at least one byte");
        }
        URI base = providers.market(storageProvider, deadline);
        String range = "bytes=" + offset + "-" + (offset + length - 1);
        Wire.Opened opened = open(
                storageProvider,
                HttpCall.bare("GET", URI.create(base + "/piece/" + pieceCid), Map.of("Range", range), Block.MAX_SIZE),
                deadline);
        boolean whole = opened.head().status() == 200;
        String said = opened.head().headers().firstValue("Content-Range").orElse("");
        if (whole ? offset > 0 : !said.isEmpty() && !said.startsWith("bytes " + offset + "-")) {
            close(opened.content());
            throw violation(
                    storageProvider, "was asked for " + range + " of a piece and gave " + (whole ? "all of it" : said));
        }
        return opened.content();
    }

    @Override
    public InputStream car(String storageProvider, Cid root, Deadline deadline) {
        URI base = providers.market(storageProvider, deadline);
        URI uri = URI.create(base + "/ipfs/" + root + "?format=car&dag-scope=all");
        Map<String, String> accept = Map.of("Accept", "application/vnd.ipld.car; version=1; order=dfs");
        Wire.Opened opened = open(storageProvider, HttpCall.bare("GET", uri, accept, Block.MAX_SIZE), deadline);
        requireType(storageProvider, opened, "application/vnd.ipld.car");
        return opened.content();
    }

    @Override
    public byte[] block(String storageProvider, Cid cid, Deadline deadline) {
        URI uri = URI.create(providers.market(storageProvider, deadline) + "/ipfs/" + cid + "?format=raw");
        Map<String, String> accept = Map.of("Accept", "application/vnd.ipld.raw");
        try {
            HttpAnswer answer = wire.send(HttpCall.bare("GET", uri, accept, Block.MAX_SIZE), deadline);
            if (answer.status() != 200) {
                throw curio.refused(storageProvider, answer);
            }
            return answer.body();
        } catch (WireException e) {
            throw curio.silent(storageProvider, e);
        }
    }

    private Wire.Opened open(String storageProvider, HttpCall call, Deadline deadline) {
        try {
            Wire.Opened opened = wire.open(call, deadline);
            int status = opened.head().status();
            if (status != 200 && status != 206) {
                close(opened.content());
                throw curio.refused(storageProvider, opened.head());
            }
            return opened;
        } catch (WireException e) {
            throw curio.silent(storageProvider, e);
        }
    }

    private void requireType(String storageProvider, Wire.Opened opened, String type) {
        String said = opened.head().headers().firstValue("Content-Type").orElse("");
        if (!said.startsWith(type)) {
            close(opened.content());
            throw violation(storageProvider, "was asked for " + type + " and gave '" + said + "'");
        }
    }

    private ProviderException violation(String storageProvider, String what) {
        return new ProviderException(
                new Failure.ProtocolViolation(words.say("storage provider " + storageProvider + " " + what, "")));
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // Nothing of it was of use.
        }
    }
}
