package dev.pinfold.broker.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Bytes to a server and its answer back: for requests that no proper client would send. */
final class RawHttp {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_MILLIS = 20_000;

    private RawHttp() {}

    /** An answer; status 0 when the server closed the connection without one. */
    record Answer(int status, Map<String, String> headers, String body) {
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + body, e);
            }
        }
    }

    /** Sends bytes, then reads one answer. */
    static Answer send(URI endpoint, byte[] request) throws IOException {
        return sendAll(endpoint, List.of(request)).getFirst();
    }

    /** Sends requests one after the other on one connection, each after the answer to the one before. */
    static List<Answer> sendAll(URI endpoint, List<byte[]> requests) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            List<Answer> answers = new ArrayList<>();
            for (byte[] request : requests) {
                OutputStream out = socket.getOutputStream();
                try {
                    out.write(request);
                    out.flush();
                } catch (SocketException closedEarly) {
                    // The server may answer and close while we still send; its answer is what counts.
                }
                answers.add(read(socket.getInputStream()));
            }
            return answers;
        }
    }

    private static Answer read(InputStream in) throws IOException {
        try {
            String head = head(in);
            if (head.isEmpty()) {
                return new Answer(0, Map.of(), "");
            }
            String[] lines = head.split("\r\n", -1);
            Map<String, String> headers = new TreeMap<>();
            for (int i = 1; i < lines.length; i++) {
                if (lines[i].isEmpty()) {
                    continue;
                }
                int colon = lines[i].indexOf(':');
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
            int status = Integer.parseInt(lines[0].split(" ", 3)[1]);
            if (status == 100) {
                return read(in);
            }
            int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
            return new Answer(status, headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer within " + PATIENCE_MILLIS + " ms", e);
        } catch (SocketException reset) {
            return new Answer(0, Map.of(), "");
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int state = 0;
        while (state < 4) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            head.write(b);
            state = b == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : b == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }
}
