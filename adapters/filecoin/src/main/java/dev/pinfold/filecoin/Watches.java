package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.filecoin.LotusSocket.Push;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.DealEvent;
import dev.pinfold.spi.deal.DealMaker.Watch;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.Epoch;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells of new heads and changed deals: pushed over a WebSocket where the node has one, else found by asking in intervals.
 * After a while of asking the WebSocket is tried again.
 */
final class Watches implements AutoCloseable {
    /** How often the head is asked for before a WebSocket is tried again. */
    private static final int POLLS_BEFORE_RETRY = 10;

    private final FilecoinSettings settings;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();

    Watches(FilecoinSettings settings) {
        this.settings = settings;
    }

    /** Starts telling. */
    Watch start(LotusNode node, Consumer<DealEvent> listener) {
        Running watch = new Running(node, listener);
        running.add(watch);
        watch.thread.start();
        return watch;
    }

    @Override
    public void close() {
        running.forEach(Running::close);
    }

    private final class Running implements Watch {
        private final LotusNode node;
        private final Consumer<DealEvent> listener;
        private final Thread thread;
        private @Nullable Epoch last;

        Running(LotusNode node, Consumer<DealEvent> listener) {
            this.node = node;
            this.listener = listener;
            thread = Thread.ofVirtual().name("watch-" + settings.id()).unstarted(this::run);
        }

        @Override
        public void close() {
            running.remove(this);
            thread.interrupt();
        }

        private void run() {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    listen();
                    poll();
                }
            } catch (InterruptedException e) {
                // Closed.
                Thread.currentThread().interrupt();
            }
        }

        /** Until the connection ends, or is silent for so long that it may be dead. */
        private void listen() throws InterruptedException {
            Duration silence = settings.pollInterval().multipliedBy(4);
            try (LotusSocket socket = LotusSocket.open(uri(), settings.token(), settings.connectTimeout())) {
                socket.subscribe("ChainNotify");
                if (settings.mode().equals(DealMode.LEGACY.label())) {
                    socket.subscribe("ClientGetDealUpdates");
                }
                for (Push push = socket.next(silence); push != null; push = socket.next(silence)) {
                    tell(push);
                }
            } catch (IOException | ProviderException e) {
                // No push then: the head is asked for.
            }
        }

        private URI uri() {
            Deadline deadline = Deadline.after(settings.connectTimeout());
            String http = node.rpc().uri(node.rpc().path(deadline)).toString();
            return URI.create("ws" + http.substring("http".length()));
        }

        private void tell(Push push) {
            if (push.method().equals("ClientGetDealUpdates")) {
                String proposal = push.value().path("ProposalCid").path("/").asText("");
                if (!proposal.isEmpty()) {
                    listener.accept(new DealEvent.DealChanged(proposal));
                }
                return;
            }
            boolean reverted = false;
            long height = -1;
            for (JsonNode change : push.value()) {
                if (change.path("Type").asText("").equals("revert")) {
                    reverted = true;
                } else {
                    height = Math.max(height, change.path("Val").path("Height").asLong(-1));
                }
            }
            if (height >= 0) {
                head(new Epoch(height), reverted);
            }
        }

        private void poll() throws InterruptedException {
            for (int i = 0; i < POLLS_BEFORE_RETRY; i++) {
                try {
                    Epoch now =
                            node.head(Deadline.after(settings.pollInterval())).height();
                    if (!now.equals(last)) {
                        head(now, last != null && last.isAfter(now));
                    }
                } catch (ProviderException e) {
                    // The node is away; whoever asks it for something is told so.
                }
                Thread.sleep(settings.pollInterval());
            }
        }

        private void head(Epoch now, boolean reorganised) {
            last = now;
            listener.accept(new DealEvent.NewHead(now, reorganised));
        }
    }
}
