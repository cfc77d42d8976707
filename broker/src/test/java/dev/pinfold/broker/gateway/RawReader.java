package dev.pinfold.broker.gateway;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A reader on a bare socket: sees how the connection ends, and can be as slow as it likes. */
final class RawReader implements AutoCloseable {
    private final Socket socket;

    RawReader(int port, String request) {
        try {
            socket = new Socket();
            // Small, so that little is on its way between both ends.
            socket.setReceiveBufferSize(16 << 10);
            socket.setSoTimeout(60_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RawReader get(int port, String path, String version) {
        return new RawReader(port, "GET " + path + " HTTP/" + version + "\r\nHost: 127.0.0.1\r\n\r\n");
    }

    /** Reads exactly that many bytes. */
    byte[] read(int bytes) throws IOException {
        return socket.getInputStream().readNBytes(bytes);
    }

    /** Reads until {@code text} has come, and returns all up to its end. Fails when nothing comes for a minute. */
    String until(String text) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (!all.toString(StandardCharsets.ISO_8859_1).endsWith(text)) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new EOFException("the connection ended before it");
            }
            all.write(next);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /**
     * What came, and how it ended.
     *
     * @param clean whether the end was an orderly one: of the connection, or of a chunked body
     */
    record End(String text, boolean clean) {}

    End toTheEnd() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            InputStream in = socket.getInputStream();
            byte[] part = new byte[8192];
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                all.write(part, 0, read);
                if (all.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n0\r\n\r\n")) {
                    return new End(all.toString(StandardCharsets.ISO_8859_1), true);
                }
            }
            return new End(all.toString(StandardCharsets.ISO_8859_1), true);
        } catch (IOException e) {
            return new End(all.toString(StandardCharsets.ISO_8859_1), false);
        }
    }

    /** Goes away without a word. */
    void leave() {
        close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
