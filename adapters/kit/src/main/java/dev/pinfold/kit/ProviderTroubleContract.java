package dev.pinfold.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.Sighting;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The part of the contract that shows only when calls go wrong: a provider across a network extends this and says, by
 * {@link World#troubles()}, what can be brought about. The rule behind most of it: a request that may have taken effect
 * fails with OutcomeUnknown, and no other does.
 */
public abstract class ProviderTroubleContract extends ProviderContract {
    private static final Duration SHORT = Duration.ofMillis(400);

    /** For subclasses only. */
    protected ProviderTroubleContract() {}

    private void needs(Trouble trouble) {
        assumeTrue(world().troubles().contains(trouble), () -> "this world knows no " + trouble);
    }

    /** Every call it can do on an order that exists, except giving a new one. */
    private Map<String, ContractSubject.Call> looks(OrderRef ref) {
        Map<String, ContractSubject.Call> calls = new LinkedHashMap<>();
        calls.put("probe", provider()::probe);
        add(calls, Capability.STATUS, "observe by id", d -> provider().observe(ref, d));
        OrderRef byKey = new OrderRef(ref.key(), ref.cid(), null);
        add(calls, Capability.STATUS, "observe by key", d -> provider().observe(byKey, d));
        add(calls, Capability.LIST, "list", d -> provider().list(null, d));
        add(calls, Capability.RETRIEVE_RAW, "block", d -> provider().block(ref.cid(), d));
        add(
                calls,
                Capability.RETRIEVE_CAR,
                "car",
                d -> provider().car(ref.cid(), d).close());
        return calls;
    }

    private void add(Map<String, ContractSubject.Call> calls, Capability need, String name, ContractSubject.Call call) {
        if (subject().can(need)) {
            calls.put(name, call);
        }
    }

    @Test
    void a_lost_reply_is_unknown_and_the_order_is_found_by_its_key() {
        needs(Trouble.LOSE_REPLY);
        needs(Capability.STATUS);
        Dag dag = subject().dag();
        Order order = subject().order(dag.root());
        world().cause(Trouble.LOSE_REPLY);
        Failure failure = subject().failureOf(d -> subject().give(order, dag, d));
        world().heal();
        assertThat(failure)
                .isInstanceOfSatisfying(
                        Failure.OutcomeUnknown.class,
                        unknown -> assertThat(unknown.orderKey()).isEqualTo(order.key()));
        Sighting found = subject().settled(order.ref());
        assertThat(found.observation()).isInstanceOf(Observation.Stored.class);
        assertThat(found.upstreamId()).isNotNull();
        assertThat(found.duplicates()).isEmpty();
        assertThat(world().held(dag.root())).isEqualTo(1);
    }

    @Test
    void an_unreadable_answer_to_an_order_is_unknown() {
        needs(Trouble.GARBAGE);
        Dag dag = subject().dag();
        Order order = subject().order(dag.root());
        world().cause(Trouble.GARBAGE);
        assertThat(subject().failureOf(d -> subject().give(order, dag, d))).isInstanceOf(Failure.OutcomeUnknown.class);
        assertThat(world().held(dag.root())).isEqualTo(1);
    }

    @Test
    void an_unreadable_answer_to_a_look_breaks_the_protocol() {
        needs(Trouble.GARBAGE);
        needs(Capability.STATUS);
        needsOrders();
        OrderRef ref = subject().store(subject().dag());
        world().cause(Trouble.GARBAGE);
        assertThat(subject().failureOf(d -> provider().observe(ref, d))).isInstanceOf(Failure.ProtocolViolation.class);
        assertThat(subject().failureOf(provider()::probe)).isInstanceOf(Failure.ProtocolViolation.class);
    }

    @Test
    void an_order_that_reached_nobody_is_not_unknown() {
        needs(Trouble.REFUSE_CONNECTION);
        Dag dag = subject().dag();
        Order order = subject().order(dag.root());
        world().cause(Trouble.REFUSE_CONNECTION);
        assertThat(subject().failureOf(d -> subject().give(order, dag, d))).isInstanceOf(Failure.Unavailable.class);
        assertThat(world().held(dag.root())).isZero();
        assertThat(subject().failureOf(provider()::probe)).isInstanceOf(Failure.Unavailable.class);
        world().heal();
        provider().probe(ContractSubject.soon());
    }

    @Test
    void a_hanging_provider_is_left_at_the_deadline() {
        needs(Trouble.HANG);
        needsOrders();
        OrderRef ref = subject().store(subject().dag());
        Dag dag = subject().dag();
        Order order = subject().order(dag.root());
        world().cause(Trouble.HANG);
        looks(ref)
                .forEach((name, call) -> assertThat(leftInTime(call)).as(name).isInstanceOf(Failure.Unavailable.class));
        if (subject().can(Capability.UNPIN)) {
            assertThat(leftInTime(d -> provider().unpin(ref, d))).isInstanceOf(Failure.Unavailable.class);
        }
        assertThat(leftInTime(d -> subject().give(order, dag, d))).isInstanceOf(Failure.OutcomeUnknown.class);
    }

    private Failure leftInTime(ContractSubject.Call call) {
        long began = System.nanoTime();
        Failure failure = subject().failureOf(call, Deadline.after(SHORT));
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertThat(took).isBetween(SHORT.minusMillis(50), SHORT.plus(SURELY));
        return failure;
    }

    @Test
    void an_answer_that_never_ends_is_left_in_time() {
        needs(Trouble.ENDLESS_ANSWER);
        needsOrders();
        OrderRef ref = subject().store(subject().dag());
        world().cause(Trouble.ENDLESS_ANSWER);
        looks(ref).forEach((name, call) -> {
            if (!name.equals("car")) {
                assertThat(subject().failureOf(call, Deadline.after(SURELY)))
                        .as(name)
                        .isInstanceOfAny(Failure.ProtocolViolation.class, Failure.Unavailable.class);
            }
        });
    }

    @Test
    void an_interrupted_call_ends_soon_and_stays_interrupted() throws Exception {
        needs(Trouble.HANG);
        needsOrders();
        OrderRef ref = subject().store(subject().dag());
        Dag dag = subject().dag();
        Order order = subject().order(dag.root());
        world().cause(Trouble.HANG);
        assertThat(interrupted(d -> provider().observe(ref, d))).isInstanceOf(Failure.Unavailable.class);
        assertThat(interrupted(d -> subject().give(order, dag, d))).isInstanceOf(Failure.OutcomeUnknown.class);
    }

    private Failure interrupted(ContractSubject.Call call) throws Exception {
        long before = world().contacts();
        Callable<Failure> work = () -> {
            Failure failure = subject().failureOf(call, Deadline.after(Duration.ofMinutes(2)));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            return failure;
        };
        FutureTask<Failure> task = new FutureTask<>(work);
        Thread caller = Thread.ofVirtual().start(task);
        world().awaitContact(before);
        caller.interrupt();
        return task.get(SURELY.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void a_broken_provider_is_unavailable() {
        needs(Trouble.SERVER_ERROR);
        needsOrders();
        OrderRef ref = subject().store(subject().dag());
        world().cause(Trouble.SERVER_ERROR);
        looks(ref)
                .forEach((name, call) ->
                        assertThat(subject().failureOf(call)).as(name).isInstanceOf(Failure.Unavailable.class));
    }

    @Test
    void too_many_requests_are_told_with_the_time_to_wait_and_without_effect() {
        needs(Trouble.TOO_MANY);
        needsOrders();
        OrderRef ref = subject().store(subject().dag());
        Dag dag = subject().dag();
        Order order = subject().order(dag.root());
        world().cause(Trouble.TOO_MANY);
        Map<String, ContractSubject.Call> calls = looks(ref);
        calls.put("order", d -> subject().give(order, dag, d));
        calls.forEach((name, call) -> assertThat(subject().failureOf(call))
                .as(name)
                .isInstanceOfSatisfying(
                        Failure.RateLimited.class,
                        limited -> assertThat(limited.retryAfter()).isEqualTo(Duration.ofSeconds(7))));
        assertThat(world().held(dag.root())).isZero();
    }

    @Test
    void refused_credentials_are_told_and_not_repeated() {
        needs(Trouble.WRONG_CREDENTIALS);
        Dag dag = subject().dag();
        Order order = subject().order(dag.root());
        world().cause(Trouble.WRONG_CREDENTIALS);
        assertThat(subject().failureOf(provider()::probe)).isInstanceOf(Failure.Unauthorized.class);
        assertThat(subject().failureOf(d -> subject().give(order, dag, d))).isInstanceOf(Failure.Unauthorized.class);
        assertThat(world().held(dag.root())).isZero();
    }

    @Test
    void it_works_again_after_every_trouble() {
        needsOrders();
        needs(Capability.STATUS);
        for (Trouble trouble : world().troubles()) {
            world().cause(trouble);
            Dag dag = subject().dag();
            Order order = subject().order(dag.root());
            subject().failureOf(d -> subject().give(order, dag, d), Deadline.after(SHORT));
            world().heal();
            OrderRef ref = subject().store(subject().dag());
            assertThat(subject().settled(ref).observation()).isInstanceOf(Observation.Stored.class);
        }
    }
}
