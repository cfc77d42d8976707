package dev.pinfold.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeldPortTest {
    private final HeldPort port = new HeldPort(0);

    /** As servers of one Vert.x do, which answer for each other where they listen on the same port. */
    @Test
    void two_servers_never_share_a_port_although_they_would() {
        List<Integer> numbers = IntStream.range(0, 500)
                .mapToObj(i -> new HeldPort(0).listen(at -> at))
                .toList();
        assertThat(numbers).doesNotHaveDuplicates();
    }

    @Test
    void a_port_that_is_held_refuses_connections_and_cannot_be_taken() throws IOException {
        try (ServerSocket first = port.listen(HeldPortTest::server)) {
            assertThat(first.getLocalPort()).isEqualTo(port.number());
        }
        port.hold();
        try {
            assertThatThrownBy(HeldPortTest.this::connect).isInstanceOf(ConnectException.class);
            // As an outgoing connection of somebody else would: without SO_REUSEADDR.
            assertThatThrownBy(() -> stranger().close()).isInstanceOf(BindException.class);
        } finally {
            port.free();
        }
        stranger().close();
    }

    @Test
    void a_server_comes_back_on_the_port_that_was_held_and_is_reached() throws IOException {
        port.listen(HeldPortTest::server).close();
        for (int round = 0; round < 20; round++) {
            port.hold();
            try (ServerSocket again = port.listen(HeldPortTest::server);
                    Socket client = connect();
                    Socket accepted = again.accept()) {
                assertThat(accepted.getPort()).isEqualTo(client.getLocalPort());
            }
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port.number());
    }

    private Socket stranger() throws IOException {
        Socket socket = new Socket();
        try {
            socket.setReuseAddress(false);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.number()));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static ServerSocket server(int number) {
        try {
            return new ServerSocket(number, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
