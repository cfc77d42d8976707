package dev.pinfold.psa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.http.HttpCall;
import dev.pinfold.http.Wire;
import dev.pinfold.http.WireException;
import dev.pinfold.http.WireException.Reach;
import dev.pinfold.kit.Company;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.PsaFault;
import dev.pinfold.kit.PsaOperation;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.TimedReads;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WireTest {
    private static final Duration SHORT = Duration.ofMillis(400);

    private static HttpCall order(URI to) {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        return HttpCall.with("POST", to, Map.of(), body, 1000);
    }

    private static HttpCall look(URI to) {
        return HttpCall.bare("GET", to, Map.of(), 1000);
    }

    private static Reach reach(Wire wire, HttpCall ask, Duration atMost) {
        return catchThrowableOfType(WireException.class, () -> wire.send(ask, Deadline.after(atMost)))
                .reach();
    }

    /** The kernel completes no handshake once the queue of a listener that never accepts is full. */
    @Test
    void a_connection_that_never_stands_has_sent_nothing() throws Exception {
        List<Socket> queued = new ArrayList<>();
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Wire wire = new Wire(Duration.ofSeconds(30), SHORT)) {
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket();
                queued.add(socket);
                try {
                    socket.connect(new InetSocketAddress(deaf.getInetAddress(), deaf.getLocalPort()), 200);
                } catch (IOException full) {
                    break;
                }
            }
            URI to = URI.create("http://127.0.0.1:" + deaf.getLocalPort() + "/pins");
            assertThat(reach(wire, order(to), SHORT)).isEqualTo(Reach.NOT_SENT);
            try (Wire impatient = new Wire(Duration.ofMillis(200), SHORT)) {
                assertThat(reach(impatient, order(to), Duration.ofSeconds(20))).isEqualTo(Reach.NOT_SENT);
            }
        } finally {
            for (Socket socket : queued) {
                socket.close();
            }
        }
    }

    @Test
    void a_server_that_hangs_up_at_once_may_have_been_reached() throws Exception {
        try (ServerSocket rude = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Wire wire = new Wire(SHORT, SHORT)) {
            CountDownLatch read = new CountDownLatch(1);
            Thread.ofVirtual().start(() -> {
                try (Socket one = rude.accept()) {
                    // Reads head and body, so the client has surely sent both.
                    one.getInputStream().readNBytes(40);
                    read.countDown();
                } catch (IOException closed) {
                    read.countDown();
                }
            });
            URI to = URI.create("http://127.0.0.1:" + rude.getLocalPort() + "/pins");
            assertThat(reach(wire, order(to), Duration.ofSeconds(20))).isEqualTo(Reach.MAYBE_ARRIVED);
            assertThat(read.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void a_dripping_answer_is_left_at_the_deadline() throws Exception {
        try (PsaWorld world = new PsaWorld(Company.STRICT, "generic");
                Wire wire = new Wire(SHORT, SHORT)) {
            world.psa().faults().everywhere(new PsaFault.Drip(Duration.ofMillis(20), false));
            long began = System.nanoTime();
            URI to = URI.create(world.psa().endpoint() + "/pins");
            assertThat(reach(wire, look(to), SHORT)).isEqualTo(Reach.MAYBE_ARRIVED);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void an_answer_longer_than_allowed_is_not_read_to_its_end() throws Exception {
        try (PsaWorld world = new PsaWorld(Company.STRICT, "generic");
                Wire wire = new Wire(SHORT, SHORT)) {
            world.psa().faults().everywhere(new PsaFault.Endless(false));
            URI to = URI.create(world.psa().endpoint() + "/pins");
            assertThat(reach(wire, look(to), Duration.ofSeconds(20))).isEqualTo(Reach.ANSWER_TOO_LONG);
        }
    }

    @Test
    void a_stream_that_falls_silent_fails_after_the_stall_time() throws Exception {
        try (PsaWorld world = new PsaWorld(Company.STRICT, "generic");
                Wire wire = new Wire(SHORT, SHORT)) {
            world.psa().faults().everywhere(new PsaFault.Drip(Duration.ofMinutes(5), false));
            URI to = URI.create(world.psa().gateway() + "/ipfs/" + Dag.text("x").root() + "?format=car");
            HttpCall ask = HttpCall.bare("GET", to, Map.of(), Long.MAX_VALUE);
            try (InputStream content =
                    wire.open(ask, Deadline.after(Duration.ofSeconds(20))).content()) {
                assertThatThrownBy(content::readAllBytes)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("no content came");
            }
        }
    }

    @Test
    void a_reader_may_wait_for_less_than_the_stall_time_and_not_for_more() throws Exception {
        try (PsaWorld world = new PsaWorld(Company.STRICT, "generic");
                Wire wire = new Wire(SHORT, Duration.ofMinutes(5))) {
            try (InputStream content = silent(world, wire)) {
                TimedReads reads = (TimedReads) content;
                reads.silenceLimit(SHORT);
                reads.silenceLimit(Duration.ofMinutes(9));
                assertThatThrownBy(content::readAllBytes)
                        .isInstanceOf(SocketTimeoutException.class)
                        .hasMessageContaining("no content came for " + SHORT.toMillis() + " ms");
            }
        }
    }

    @Test
    void closing_a_stream_lets_its_reader_go() throws Exception {
        try (PsaWorld world = new PsaWorld(Company.STRICT, "generic");
                Wire wire = new Wire(SHORT, Duration.ofMinutes(5))) {
            InputStream content = silent(world, wire);
            FutureTask<Boolean> reading = new FutureTask<>(() -> {
                content.readAllBytes();
                return true;
            });
            Thread reader = Thread.ofVirtual().start(reading);
            while (reader.getState() != Thread.State.WAITING && reader.isAlive()) {
                Thread.onSpinWait();
            }
            content.close();
            assertThatThrownBy(() -> reading.get(10, TimeUnit.SECONDS)).hasMessageContaining("the content broke off");
        }
    }

    @Test
    void a_stream_that_was_closed_has_no_clean_end() throws Exception {
        try (PsaWorld world = new PsaWorld(Company.STRICT, "generic");
                Wire wire = new Wire(SHORT, Duration.ofMinutes(5))) {
            InputStream content = silent(world, wire);
            content.close();
            assertThatThrownBy(content::readAllBytes)
                    .isInstanceOf(IOException.class)
                    .hasRootCauseMessage("the content was closed");
        }
    }

    private static InputStream silent(PsaWorld world, Wire wire) throws WireException {
        world.psa().faults().everywhere(new PsaFault.Drip(Duration.ofMinutes(5), false));
        URI to = URI.create(world.psa().gateway() + "/ipfs/" + Dag.text("x").root() + "?format=car");
        HttpCall ask = HttpCall.bare("GET", to, Map.of(), Long.MAX_VALUE);
        return wire.open(ask, Deadline.after(Duration.ofSeconds(20))).content();
    }

    @Test
    void an_interrupted_reader_of_a_stream_is_let_go() throws Exception {
        try (PsaWorld world = new PsaWorld(Company.STRICT, "generic");
                Wire wire = new Wire(SHORT, Duration.ofMinutes(5))) {
            world.psa().faults().everywhere(new PsaFault.Drip(Duration.ofMinutes(5), false));
            URI to = URI.create(world.psa().gateway() + "/ipfs/" + Dag.text("x").root() + "?format=car");
            HttpCall ask = HttpCall.bare("GET", to, Map.of(), Long.MAX_VALUE);
            InputStream content =
                    wire.open(ask, Deadline.after(Duration.ofSeconds(20))).content();
            FutureTask<Boolean> reading = new FutureTask<>(() -> {
                assertThatThrownBy(content::readAllBytes).isInstanceOf(IOException.class);
                return Thread.currentThread().isInterrupted();
            });
            Thread reader = Thread.ofVirtual().start(reading);
            reader.interrupt();
            assertThat(reading.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void a_get_on_a_connection_that_the_server_has_closed_works_all_the_same() throws Exception {
        try (PsaWorld world = new PsaWorld(Company.STRICT, "generic");
                Wire wire = new Wire(Duration.ofSeconds(5), SHORT)) {
            URI to = URI.create(world.psa().endpoint() + "/pins");
            for (int i = 0; i < 5; i++) {
                assertThat(wire.send(look(to), Deadline.after(Duration.ofSeconds(20)))
                                .status())
                        .isEqualTo(401);
                world.psa().down();
                world.psa().up();
            }
            assertThat(world.psa().calls().count(PsaOperation.LIST)).isEqualTo(5);
        }
    }
}
