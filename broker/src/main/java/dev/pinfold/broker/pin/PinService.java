package dev.pinfold.broker.pin;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.store.PinLists;
import dev.pinfold.broker.store.PinStore;
import dev.pinfold.broker.store.PinStore.KeyedInsert;
import dev.pinfold.broker.store.PinStore.NewPin;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The five operations on pins. A pin is acknowledged only after the commit that also makes its content due for
 * placement; what happens next is the work of {@code Placer} and {@code Reconciler}, which {@code wake} calls.
 *
 * <p>This is the one part of the core that stays on the event loop (ADR 2): its calls end in one statement each.
 */
public final class PinService {
    private final PinStore pins;
    private final PinLists lists;
    private final PinBatcher batcher;
    private final Rules rules;
    private final Clock clock;
    private final Runnable wake;

    /**
     * What the configuration says.
     *
     * @param delegatesJson the broker's own addresses, as the JSON that clients get
     * @param maxPins how many pins a token may hold where it does not say itself
     */
    public record Rules(String delegatesJson, long maxPins, Duration idempotencyTtl) {}

    public PinService(PinStore pins, PinLists lists, Rules rules, Clock clock, Runnable wake) {
        this.pins = pins;
        this.lists = lists;
        this.rules = rules;
        this.clock = clock;
        this.wake = wake;
        this.batcher = new PinBatcher(
                (caller, batch) -> pins.insert(caller, batch, quota(caller), clock.millis(), rules.delegatesJson()));
    }

    private long quota(Caller caller) {
        Long own = caller.maxPins();
        return own == null ? rules.maxPins() : own;
    }

    /**
     * Adds a pin. Every call makes a pin of its own, also for a CID that is pinned already.
     *
     * @param idempotencyKey the client's key; of all requests with it only the first makes a pin
     */
    public Future<PinRow> add(Caller caller, PinDraft draft, @Nullable String idempotencyKey) {
        NewPin pin = new NewPin(UUID.randomUUID(), draft);
        Future<PinRow> added = idempotencyKey == null
                ? batcher.add(caller, pin).map(row -> row.orElseThrow(() -> quotaReached(caller)))
                : addOnce(caller, pin, idempotencyKey);
        return added.onSuccess(row -> wake.run());
    }

    private Future<PinRow> addOnce(Caller caller, NewPin pin, String key) {
        Buffer hash = fingerprint(pin.draft());
        return pins.insertOnce(
                        caller,
                        key,
                        hash,
                        clock.instant().plus(rules.idempotencyTtl()).atOffset(ZoneOffset.UTC),
                        pin,
                        quota(caller),
                        clock.millis(),
                        rules.delegatesJson())
                .recover(e -> Future.failedFuture(e instanceof PinStore.QuotaReached ? quotaReached(caller) : e))
                .compose(outcome -> answerOnce(caller, key, hash, outcome));
    }

    private Future<PinRow> answerOnce(Caller caller, String key, Buffer hash, KeyedInsert outcome) {
        if (outcome.written().isPresent()) {
            return Future.succeededFuture(outcome.written().get());
        }
        PinStore.KeyOwner owner = outcome.owner().orElseThrow();
        if (!owner.requestHash().equals(hash)) {
            return Future.failedFuture(new BrokerException(
                    ErrorKind.UNPROCESSABLE_CONTENT,
                    "Idempotency-Key '" + key + "' was used for another request; use a new key for a new pin"));
        }
        return pins.get(caller.tenantId(), owner.requestId())
                .map(row -> row.orElseThrow(() -> new BrokerException(
                        ErrorKind.CONFLICT,
                        "the pin that was made with Idempotency-Key '" + key
                                + "' has been deleted or replaced since; use a new key to pin again")));
    }

    private static Buffer fingerprint(PinDraft draft) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            String meta = draft.meta() == null ? "" : new java.util.TreeMap<>(draft.meta()).toString();
            String text = draft.cidText() + "\0" + draft.name() + "\0" + draft.origins() + "\0" + meta;
            return Buffer.buffer(sha.digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BrokerException quotaReached(Caller caller) {
        return new BrokerException(
                ErrorKind.INSUFFICIENT_FUNDS,
                "token '" + caller.tokenName() + "' has reached its pin quota"
                        + (caller.maxPins() == null ? "" : " of " + caller.maxPins())
                        + " (or was revoked just now); delete pins or ask the operator for more");
    }

    /** Reads one pin from the store; never asks a provider. */
    public Future<PinRow> get(Caller caller, UUID requestId) {
        return pins.get(caller.tenantId(), requestId).map(row -> row.orElseThrow(() -> unknown(requestId)));
    }

    /** Lists pins with an exact count. */
    public Future<PinPage> list(Caller caller, PinQuery query) {
        return lists.list(caller.tenantId(), query);
    }

    /** Replaces a pin by a new one with a new id, in one transaction. */
    public Future<PinRow> replace(Caller caller, UUID requestId, PinDraft draft) {
        NewPin pin = new NewPin(UUID.randomUUID(), draft);
        return pins.replace(caller, requestId, pin, quota(caller), clock.millis(), rules.delegatesJson())
                .recover(e -> Future.failedFuture(e instanceof PinStore.QuotaReached ? quotaReached(caller) : e))
                .map(row -> row.orElseThrow(() -> unknown(requestId)))
                .onSuccess(row -> wake.run());
    }

    /**
     * Adds a pin whose copy exists at a provider already.
     *
     * @return false when there is a copy of ours at that provider, and then there is no new pin
     */
    public Future<Boolean> adopt(Caller caller, PinDraft draft, PinStore.Upstream copy) {
        NewPin pin = new NewPin(UUID.randomUUID(), draft);
        return pins.adopt(caller, pin, copy, quota(caller), clock.millis(), rules.delegatesJson())
                .recover(e -> Future.failedFuture(e instanceof PinStore.QuotaReached ? quotaReached(caller) : e));
    }

    /** Removes a pin. Its content stays wherever another pin wants it. */
    public Future<Void> delete(Caller caller, UUID requestId) {
        return pins.delete(caller.tenantId(), requestId)
                .compose(existed -> existed ? Future.<Void>succeededFuture() : Future.failedFuture(unknown(requestId)))
                .onSuccess(done -> wake.run());
    }

    private static BrokerException unknown(UUID requestId) {
        return new BrokerException(ErrorKind.NOT_FOUND, "no pin has the requestid " + requestId);
    }

    /** The pin with this id, if the caller's tenant has it. */
    public Future<Optional<PinRow>> find(Caller caller, UUID requestId) {
        return pins.get(caller.tenantId(), requestId);
    }
}
