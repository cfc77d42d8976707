package dev.pinfold.broker.gateway;

import dev.pinfold.content.BlockSink;
import dev.pinfold.content.Cid;
import dev.pinfold.content.unixfs.Added;
import dev.pinfold.content.unixfs.DirectoryWriter;
import dev.pinfold.content.unixfs.FileWriter;
import dev.pinfold.content.unixfs.UnixFsOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;

/** Content for tests, in small blocks. */
final class Tree {
    static final int CHUNK = 1000;
    private static final UnixFsOptions SMALL = new UnixFsOptions(CHUNK, 4, 256 << 10, 256);

    private Tree() {}

    static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static Added file(BlockSink sink, byte[] bytes) {
        return file(sink, bytes, SMALL);
    }

    static Added file(BlockSink sink, byte[] bytes, UnixFsOptions options) {
        try {
            return FileWriter.add(new ByteArrayInputStream(bytes), sink, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Added text(BlockSink sink, String text) {
        return file(sink, text.getBytes(StandardCharsets.UTF_8));
    }

    static Added directory(BlockSink sink, Map<String, Added> entries) {
        try {
            DirectoryWriter writer = new DirectoryWriter(sink, SMALL);
            for (Map.Entry<String, Added> entry : entries.entrySet()) {
                writer.add(entry.getKey(), entry.getValue());
            }
            return writer.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Cid block(MemoryRetrieval sink, long codec, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Cid cid = Cid.of(codec, bytes);
        sink.put(cid, bytes);
        return cid;
    }
}
