package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes to what a Lotus node pushes, over a WebSocket. A subscription is a call whose result is the number of a channel;
 * values come as {@code xrpc.ch.val}, the end as {@code xrpc.ch.close}. Source: go-jsonrpc.
 *
 * <p>For one reader; nothing is repeated and nothing reconnects.
 */
final class LotusSocket implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_MESSAGE = 16 << 20;

    private final HttpClient client;
    private final WebSocket socket;
    private final Inbox inbox;
    private final Map<Long, String> calls = new HashMap<>();
    private final Map<Long, String> channels = new HashMap<>();
    private long ids;

    private LotusSocket(HttpClient client, WebSocket socket, Inbox inbox) {
        this.client = client;
        this.socket = socket;
        this.inbox = inbox;
    }

    /** A value that a subscription brought. */
    record Push(String method, JsonNode value) {}

    static LotusSocket open(URI uri, @Nullable String token, Duration patience)
            throws IOException, InterruptedException {
        Inbox inbox = new Inbox();
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .build();
        WebSocket.Builder builder = client.newWebSocketBuilder().connectTimeout(patience);
        if (token != null) {
            builder.header("Authorization", "Bearer " + token);
        }
        try {
            WebSocket socket = builder.buildAsync(uri, inbox).get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return new LotusSocket(client, socket, inbox);
        } catch (ExecutionException | TimeoutException e) {
            client.shutdownNow();
            throw new IOException("no WebSocket at " + uri, e);
        } catch (InterruptedException e) {
            client.shutdownNow();
            throw e;
        }
    }

    /** Asks for the values of a method. */
    void subscribe(String method) {
        long id = ++ids;
        calls.put(id, method);
        CompletableFuture<WebSocket> sent =
                socket.sendText(LotusRpc.request(id, method).toString(), true);
        sent.exceptionally(e -> {
            inbox.end("the WebSocket does not take a call");
            return null;
        });
    }

    /**
     * Waits for the next value; null where none came in time.
     *
     * @throws IOException the connection ended, the node closed a channel or refused a subscription
     */
    @Nullable
    Push next(Duration patience) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            String text = inbox.poll(end - System.nanoTime());
            if (text == null) {
                return null;
            }
            Push push = read(JSON.readTree(text));
            if (push != null) {
                return push;
            }
        }
    }

    private @Nullable Push read(@Nullable JsonNode message) throws IOException {
        if (message == null) {
            return null;
        }
        JsonNode params = message.path("params");
        switch (message.path("method").asText("")) {
            case "xrpc.ch.val" -> {
                String method = channels.get(params.path(0).asLong(-1));
                return method == null ? null : new Push(method, params.path(1));
            }
            case "xrpc.ch.close" -> throw new IOException("the node closed a channel");
            default -> answer(message);
        }
        return null;
    }

    private void answer(JsonNode message) throws IOException {
        String method = calls.remove(message.path("id").asLong(-1));
        if (method == null) {
            return;
        }
        if (!message.path("result").isIntegralNumber()) {
            throw new IOException("the node gives no channel for " + method);
        }
        channels.put(message.path("result").asLong(), method);
    }

    @Override
    public void close() {
        socket.abort();
        client.shutdownNow();
    }

    /** Collects whole messages; one at a time is asked for. */
    private static final class Inbox implements WebSocket.Listener {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final StringBuilder part = new StringBuilder();
        private volatile @Nullable String ended;

        @Nullable
        String poll(long nanos) throws IOException, InterruptedException {
            String text = ended == null ? messages.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS) : messages.poll();
            String why = ended;
            if (why != null && (text == null || text.isEmpty())) {
                throw new IOException(why);
            }
            return text;
        }

        void end(String why) {
            ended = why;
            // Wakes the reader up.
            messages.add("");
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            part.append(data);
            if (part.length() > MOST_MESSAGE) {
                end("a message of the WebSocket is longer than " + MOST_MESSAGE + " characters");
                from.abort();
                return null;
            }
            if (last) {
                messages.add(part.toString());
                part.setLength(0);
            }
            from.request(1);
            return null;
        }

        /** Lotus sends texts only. */
        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            end("the node closed the WebSocket");
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            end("the WebSocket broke");
        }
    }
}
