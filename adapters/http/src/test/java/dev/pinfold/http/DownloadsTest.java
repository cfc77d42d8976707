package dev.pinfold.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.http.WireException.Reach;
import dev.pinfold.spi.Deadline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DownloadsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String CONTENT =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Seen: a\r\nx-seen: b\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

    private final Server server = new Server();
    private final Wire wire = new Wire(SOON, SOON);

    @AfterEach
    void end() {
        wire.close();
        server.close();
    }

    /** Answers requests with what a test says, byte by byte. */
    private static final class Server implements AutoCloseable {
        final AtomicInteger connections = new AtomicInteger();
        final List<String> requests = new CopyOnWriteArrayList<>();
        final CountDownLatch asked = new CountDownLatch(1);
        /** A client closed its connection, or the server did as it was told. */
        final CountDownLatch left = new CountDownLatch(1);

        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final ServerSocket listener;
        volatile String answer = CONTENT;
        /** By the number of the request, from 1: whether the connection is closed after its answer. */
        volatile IntPredicate hangsUpAfter = number -> false;

        Server() {
            try {
                listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            Thread.ofVirtual().start(this::accept);
        }

        URI uri() {
            return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/ipfs/bafkqaaa?format=car");
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = listener.accept();
                    sockets.add(socket);
                    connections.incrementAndGet();
                    Thread.ofVirtual().start(() -> serve(socket));
                }
            } catch (IOException e) {
                // The test is over.
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
                StringBuilder request = new StringBuilder();
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    request.append(line).append('\n');
                    if (line.isEmpty()) {
                        requests.add(request.toString());
                        request.setLength(0);
                        asked.countDown();
                        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                        if (hangsUpAfter.test(requests.size())) {
                            return;
                        }
                    }
                }
            } catch (IOException e) {
                // The other side has left.
            } finally {
                left.countDown();
            }
        }

        @Override
        public void close() {
            try {
                listener.close();
                for (Socket socket : sockets) {
                    socket.close();
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private HttpCall get() {
        return HttpCall.bare("GET", server.uri(), Map.of("Accept", "application/vnd.ipld.car"), 1000);
    }

    private Wire.Opened open() throws WireException {
        return wire.open(get(), Deadline.after(SOON));
    }

    private String hello() throws Exception {
        try (InputStream in = open().content()) {
            return new String(in.readNBytes(5), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void content_and_head_come_as_they_were_sent_and_nothing_is_added_to_the_request() throws Exception {
        Wire.Opened opened = open();
        try (InputStream in = opened.content()) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .isEqualTo("hello");
            assertThat(in.read()).isNegative();
        }
        assertThat(opened.head().status()).isEqualTo(200);
        assertThat(opened.head().headers().allValues("X-SEEN")).containsExactly("a", "b");
        assertThat(server.requests.getFirst())
                .startsWith("GET /ipfs/bafkqaaa?format=car HTTP/1.1\n")
                .contains("Accept: application/vnd.ipld.car\n")
                .doesNotContainIgnoringCase("upgrade")
                .doesNotContainIgnoringCase("accept-encoding");
    }

    @Test
    void a_connection_is_used_again_by_a_reader_that_did_not_wait_for_the_end() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(hello()).isEqualTo("hello");
        }
        assertThat(server.requests).hasSize(20);
        // The end is read beside, so now and then the next request comes before it.
        assertThat(server.connections.get()).isLessThan(20);
    }

    @Test
    void a_connection_on_which_more_is_coming_is_closed() throws Exception {
        server.answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nhello!!\r\n";
        assertThat(hello()).isEqualTo("hello");
        assertThat(server.left.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_connection_whose_end_does_not_come_is_closed() throws Exception {
        server.answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
        assertThat(hello()).isEqualTo("hello");
        assertThat(server.left.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void content_is_asked_for_again_where_the_server_had_closed_the_connection() throws Exception {
        server.hangsUpAfter = number -> true;
        for (int i = 0; i < 20; i++) {
            try (InputStream in = open().content()) {
                assertThat(in.readAllBytes()).hasSize(5);
            }
        }
    }

    @Test
    void an_answer_that_does_not_come_is_waited_for_until_the_deadline() {
        server.answer = "";
        WireException late = catchThrowableOfType(
                WireException.class, () -> wire.open(get(), Deadline.after(Duration.ofMillis(300))));
        assertThat(late.reach()).isEqualTo(Reach.MAYBE_ARRIVED);
        assertThat(late).hasMessage("no answer in time");
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void a_refusal_whose_words_do_not_end_is_waited_for_until_the_deadline() {
        server.answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\nno";
        WireException late = catchThrowableOfType(
                WireException.class, () -> wire.open(get(), Deadline.after(Duration.ofMillis(300))));
        assertThat(late).hasMessage("no answer in time");
    }

    @Test
    void whoever_waits_for_an_answer_is_let_go_when_it_is_interrupted() throws Exception {
        server.answer = "";
        FutureTask<WireException> waiting =
                new FutureTask<>(() -> catchThrowableOfType(WireException.class, this::open));
        Thread caller = Thread.ofVirtual().start(waiting);
        assertThat(server.asked.await(20, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        assertThat(waiting.get(20, TimeUnit.SECONDS)).hasMessage("the call was interrupted");
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void words_of_a_refusal_are_read_and_too_many_of_them_are_not() throws Exception {
        server.answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno";
        assertThat(open().head().text()).isEqualTo("no");
        server.answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 70000\r\n\r\n" + "x".repeat(70_000);
        assertThat(catchThrowableOfType(WireException.class, this::open).reach())
                .isEqualTo(Reach.ANSWER_TOO_LONG);
    }

    private WireException fetchFails(Duration within) {
        return catchThrowableOfType(WireException.class, () -> wire.fetch(get(), Deadline.after(within)));
    }

    @Test
    void content_is_fetched_whole_over_one_connection() throws Exception {
        for (int i = 0; i < 20; i++) {
            HttpAnswer answer = wire.fetch(get(), Deadline.after(SOON));
            assertThat(answer.text()).isEqualTo("hello");
            assertThat(answer.header("x-seen")).isEqualTo("a");
        }
        assertThat(server.connections).hasValue(1);
        server.answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno";
        assertThat(wire.fetch(get(), Deadline.after(SOON)).text()).isEqualTo("no");
    }

    @Test
    void content_longer_than_allowed_is_not_fetched_to_its_end_but_its_head_is_told() throws Exception {
        server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nX-Seen: a\r\n\r\n" + "x".repeat(1001);
        WireException longer = fetchFails(SOON);
        assertThat(longer.reach()).isEqualTo(Reach.ANSWER_TOO_LONG);
        assertThat(longer.head())
                .isInstanceOfSatisfying(
                        HttpAnswer.class,
                        head -> assertThat(head.header("X-Seen")).isEqualTo("a"));
        assertThat(server.left.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void content_of_the_longest_allowed_size_is_fetched() throws Exception {
        server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(1000);
        assertThat(wire.fetch(get(), Deadline.after(SOON)).body()).hasSize(1000);
    }

    @Test
    void content_that_does_not_end_is_fetched_until_the_deadline() {
        server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
        assertThat(fetchFails(Duration.ofMillis(300))).hasMessage("no answer in time");
    }

    @Test
    void content_that_is_cut_is_no_answer() {
        server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
        server.hangsUpAfter = number -> true;
        assertThat(fetchFails(SOON)).hasMessage("the connection broke before the answer");
    }

    @Test
    void content_that_is_cut_has_no_clean_end() throws Exception {
        server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
        server.hangsUpAfter = number -> true;
        try (InputStream in = open().content()) {
            assertThat(in.readNBytes(5)).hasSize(5);
            assertThat(catchThrowableOfType(IOException.class, in::read)).hasMessage("the content broke off");
        }
    }

    @Test
    void what_is_no_http_is_no_answer() {
        server.answer = "SSH-2.0-OpenSSH_9.6\r\n";
        server.hangsUpAfter = number -> true;
        assertThat(catchThrowableOfType(WireException.class, this::open))
                .hasMessage("the connection broke before the answer");
    }

    @Test
    void a_closed_wire_opens_nothing_and_ends_what_is_open() throws Exception {
        server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
        InputStream in = open().content();
        assertThat(in.readNBytes(5)).hasSize(5);
        wire.close();
        assertThat(catchThrowableOfType(IOException.class, in::read)).hasMessage("the content broke off");
        assertThat(catchThrowableOfType(WireException.class, this::open)).hasMessage("this provider is closed");
    }
}
