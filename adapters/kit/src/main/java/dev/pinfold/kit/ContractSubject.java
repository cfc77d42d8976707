package dev.pinfold.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.pinfold.content.Cid;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.Sighting;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/** The provider under contract with its world: orders that are made for it, and failures that are looked at closely. */
final class ContractSubject {
    private static final int LONGEST_MESSAGE = 600;

    private final Provider provider;
    private final World world;
    private final AtomicInteger made = new AtomicInteger();

    ContractSubject(Provider provider, World world) {
        this.provider = provider;
        this.world = world;
    }

    /** A call that is expected to fail. */
    interface Call {
        void run(Deadline deadline) throws Exception;
    }

    static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    boolean can(Capability capability) {
        return provider.capabilities().contains(capability);
    }

    /** Fresh content. */
    Dag dag() {
        return Dag.file(made.incrementAndGet() * 7_919L, 3, 700);
    }

    Order order(Cid root) {
        return new Order(
                "order-" + made.incrementAndGet(), root, List.of(), Map.of("app", "contract"), OptionalLong.empty());
    }

    /** Gives an order in the way the provider takes it, and hands the content over where it must. */
    Sighting give(Order order, Dag dag, Deadline deadline) {
        if (can(Capability.PIN_BY_CID)) {
            world.offer(dag);
            return provider.pin(order, deadline);
        }
        return provider.upload(order, dag.carSource(), deadline);
    }

    /** Gives an order and waits until it is stored. */
    OrderRef store(Dag dag) {
        Order order = order(dag.root());
        Sighting given = give(order, dag, soon());
        OrderRef ref = new OrderRef(order.key(), order.cid(), given.upstreamId());
        settled(ref);
        return ref;
    }

    /** Looks until the order is neither waiting nor under way. */
    Sighting settled(OrderRef ref) {
        Sighting[] last = new Sighting[1];
        Patience.until(
                () -> {
                    last[0] = provider.observe(ref, soon());
                    return !(last[0].observation() instanceof Observation.Queued)
                            && !(last[0].observation() instanceof Observation.InProgress);
                },
                "order " + ref + " to settle");
        return last[0];
    }

    /** The failure of a call, after a look at its words; fails when there is none. */
    Failure failureOf(Call call) {
        return failureOf(call, soon());
    }

    Failure failureOf(Call call, Deadline deadline) {
        try {
            call.run(deadline);
        } catch (ProviderException e) {
            inspect(e);
            return e.failure();
        } catch (Exception e) {
            return fail("a provider fails with ProviderException only", e);
        }
        return fail("the call was expected to fail");
    }

    private void inspect(ProviderException e) {
        String message = String.valueOf(e.getMessage());
        assertThat(e.failure().detail()).as("detail").isNotBlank();
        assertThat(message.length()).as("length of: " + message).isLessThanOrEqualTo(LONGEST_MESSAGE);
        assertThat(message.chars().noneMatch(Character::isISOControl))
                .as("no control characters in: " + message)
                .isTrue();
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        for (String secret : world.secrets()) {
            assertThat(trace.toString()).as("no secret in the stack trace").doesNotContain(secret);
        }
    }
}
