package dev.pinfold.broker.cli;

import dev.pinfold.broker.Broker;
import dev.pinfold.broker.api.Tokens;
import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.store.TokenStore;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker of this process, with a token that was made for this start. */
final class OwnBroker implements RunningBroker {
    private static final String TENANT = "default";
    private static final int DATABASE_SECONDS = 30;

    private static final Logger log = LoggerFactory.getLogger(OwnBroker.class);
    private static final int ATTEMPTS = 5;

    private final Broker broker;
    private final String token;
    private final CountDownLatch ended = new CountDownLatch(1);

    private OwnBroker(Broker broker, String token) {
        this.broker = broker;
        this.token = token;
    }

    /** Starts a broker; one whose database fails while it starts is started again, as it would go on had it run. */
    static RunningBroker start(BrokerConfig config) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            Broker broker = null;
            try {
                broker = started(config);
                return new OwnBroker(broker, freshToken(broker.tokens()));
            } catch (CliException e) {
                throw e;
            } catch (Exception e) {
                if (broker != null) {
                    broker.close();
                }
                if (attempt == ATTEMPTS) {
                    throw new CliException(Exit.NO, "the broker cannot start: " + e.getMessage(), e);
                }
                log.warn("event=broker.start-again attempt={} failure=\"{}\"", attempt, e.toString());
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    private static Broker started(BrokerConfig config) {
        try {
            return Broker.start(config);
        } catch (IllegalStateException e) {
            throw new CliException(Exit.NO, "the broker cannot start: " + e.getMessage(), e);
        }
    }

    private static String freshToken(TokenStore tokens) throws TimeoutException {
        String token = Tokens.fresh();
        tokens.ensureTenant(TENANT).await(DATABASE_SECONDS, TimeUnit.SECONDS);
        tokens.create(new TokenStore.NewToken(
                        UUID.randomUUID(),
                        TENANT,
                        "serve",
                        Buffer.buffer(Tokens.hash(token)),
                        Set.of(Scope.values()),
                        null,
                        null))
                .await(DATABASE_SECONDS, TimeUnit.SECONDS);
        return token;
    }

    @Override
    public URI endpoint() {
        return URI.create(broker.endpoint());
    }

    @Override
    public URI managementEndpoint() {
        return URI.create(broker.managementEndpoint());
    }

    @Override
    public String token() {
        return token;
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    @Override
    public void close() {
        broker.close();
        ended.countDown();
    }
}
