package dev.pinfold.broker.cli;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * The body of {@code POST /api/v1/content}, read from disk as it is sent.
 *
 * @param contentType tells the broker what it is
 * @param length in bytes; negative when that is not known
 */
record Upload(String contentType, long length, Source source) {
    /** Opens the bytes; once. */
    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }

    static Upload stream(String contentType, InputStream in) {
        return new Upload(contentType, -1, () -> in);
    }

    static Upload file(String contentType, Path file) throws IOException {
        return new Upload(contentType, Files.size(file), () -> Files.newInputStream(file));
    }

    /**
     * A directory as {@code multipart/form-data}: one part per file, named by its path inside the directory with '/'.
     * In a name, '"' is sent as %22, and line ends as %0D and %0A, as web browsers do.
     */
    static Upload directory(Path directory, List<Path> files) throws IOException {
        String boundary = "pinfold-" + UUID.randomUUID();
        List<Source> parts = new ArrayList<>();
        long length = 0;
        for (Path file : files) {
            byte[] head = head(boundary, directory.relativize(file));
            long size = Files.size(file);
            parts.add(() -> new ByteArrayInputStream(head));
            parts.add(() -> exactly(file, size));
            parts.add(() -> new ByteArrayInputStream(new byte[] {'\r', '\n'}));
            length += head.length + size + 2;
        }
        byte[] end = ("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII);
        parts.add(() -> new ByteArrayInputStream(end));
        return new Upload(
                "multipart/form-data; boundary=" + boundary, length + end.length, () -> new Joined(parts.iterator()));
    }

    BodyPublisher publisher(LongConsumer progress) {
        if (length == 0) {
            return BodyPublishers.noBody();
        }
        BodyPublisher body = BodyPublishers.ofInputStream(() -> {
            try {
                return new Counting(source.open(), progress);
            } catch (IOException e) {
                throw new CliException(Exit.USAGE, "cannot be read: " + e.getMessage(), e);
            }
        });
        return length < 0 ? body : BodyPublishers.fromPublisher(body, length);
    }

    private static byte[] head(String boundary, Path relative) {
        StringBuilder name = new StringBuilder();
        relative.forEach(part -> name.append(name.isEmpty() ? "" : "/").append(part));
        String escaped =
                name.toString().replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
        return ("--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + escaped
                        + "\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The body's length was promised before: a file that changes meanwhile must not break the frame around it. */
    private static InputStream exactly(Path file, long size) throws IOException {
        return new InputStream() {
            private final InputStream in = Files.newInputStream(file);
            private long left = size;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (left == 0) {
                    return -1;
                }
                int read = in.read(buffer, offset, (int) Math.min(length, left));
                if (read < 0) {
                    throw new IOException(file + " became shorter while it was sent");
                }
                left -= read;
                return read;
            }

            @Override
            public void close() throws IOException {
                in.close();
            }
        };
    }

    /** One part after the other, each opened when its turn comes. */
    private static final class Joined extends InputStream {
        private final Iterator<Source> parts;
        private InputStream current = InputStream.nullInputStream();

        Joined(Iterator<Source> parts) {
            this.parts = parts;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = current.read(buffer, offset, length);
            while (read < 0 && parts.hasNext()) {
                current.close();
                current = parts.next().open();
                read = current.read(buffer, offset, length);
            }
            return read;
        }

        @Override
        public void close() throws IOException {
            current.close();
        }
    }

    private static final class Counting extends FilterInputStream {
        private final LongConsumer progress;

        Counting(InputStream in, LongConsumer progress) {
            super(in);
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            progress.accept(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            progress.accept(Math.max(read, 0));
            return read;
        }
    }
}
