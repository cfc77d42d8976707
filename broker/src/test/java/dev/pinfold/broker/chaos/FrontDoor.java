package dev.pinfold.broker.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An address that stays while brokers behind it come and go, each at a port of its own: what an operator's load balancer
 * is. Who comes while nobody is there is sent away.
 */
final class FrontDoor implements AutoCloseable {
    private final ServerSocket listener;
    private final Supplier<Optional<URI>> behind;

    /**
     * Opens it.
     *
     * @param behind where the broker is; empty while there is none
     */
    FrontDoor(Supplier<Optional<URI>> behind) throws IOException {
        this.behind = behind;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    private void accept() {
        while (true) {
            try {
                Socket guest = listener.accept();
                Thread.ofVirtual().start(() -> lead(guest));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void lead(Socket guest) {
        try (guest) {
            Optional<URI> host = behind.get();
            if (host.isPresent()) {
                try (Socket broker = new Socket(host.get().getHost(), host.get().getPort())) {
                    Thread there = Thread.ofVirtual().start(() -> pour(guest, broker));
                    pour(broker, guest);
                    guest.close();
                    there.join();
                }
            }
        } catch (IOException e) {
            // The broker has just died; closing tells the guest.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pour(Socket from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            from.getInputStream().transferTo(out);
            to.shutdownOutput();
        } catch (IOException e) {
            // One of the two has gone; closing both tells the other.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
