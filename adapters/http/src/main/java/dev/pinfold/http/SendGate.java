package dev.pinfold.http;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The body of a request, and the one place that knows whether the request can have arrived. The client subscribes to it
 * once the connection stands and the head is written; a server cannot act on an order whose body has not come. A caller
 * that leaves first shuts the gate, and from then on nothing is sent.
 */
final class SendGate implements BodyPublisher {
    private enum State {
        CLOSED,
        PASSED,
        ABANDONED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.CLOSED);
    private final BodyPublisher body;

    SendGate(BodyPublisher body) {
        this.body = body;
    }

    /** Makes sure that nothing is sent from now on; false where it may have been sent already. */
    boolean abandon() {
        return state.compareAndSet(State.CLOSED, State.ABANDONED) || state.get() == State.ABANDONED;
    }

    @Override
    public long contentLength() {
        return body.contentLength();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        if (state.compareAndSet(State.CLOSED, State.PASSED)) {
            body.subscribe(subscriber);
            return;
        }
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
        });
        subscriber.onError(new CancellationException("the caller has left"));
    }
}
