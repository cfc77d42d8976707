package dev.pinfold.broker.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * Every meter of the broker: its name, its labels, its meaning. Label values come from closed sets (configured provider
 * ids, enum constants, names of budgets), never a CID, a token or a text from outside.
 */
public final class Metrics {
    private final MeterRegistry registry;
    private final MultiGauge spent;
    private final MultiGauge limits;

    public Metrics(MeterRegistry registry) {
        this.registry = registry;
        this.spent = MultiGauge.builder("pinfold.budget.spent")
                .description("What is spent and promised of a budget this month, in the policy's currency")
                .register(registry);
        this.limits = MultiGauge.builder("pinfold.budget.limit")
                .description("What a budget has for a month, in the policy's currency")
                .register(registry);
    }

    /** The registry, for what comes from libraries. */
    public MeterRegistry registry() {
        return registry;
    }

    /** {@code pinfold.provider.call}: time of each call that was made to a provider, by how it ended. */
    public void providerCall(String provider, String operation, String outcome, Duration duration) {
        Timer.builder("pinfold.provider.call")
                .description("Calls made to providers, by outcome")
                .tag("provider", provider)
                .tag("operation", operation)
                .tag("outcome", outcome)
                .register(registry)
                .record(duration);
    }

    /** {@code pinfold.provider.refused}: calls that were not made, by the guard that held them back. */
    public void providerRefused(String provider, String operation, String guard) {
        Counter.builder("pinfold.provider.refused")
                .description("Calls to providers that a guard held back")
                .tag("provider", provider)
                .tag("operation", operation)
                .tag("guard", guard)
                .register(registry)
                .increment();
    }

    /** {@code pinfold.provider.breaker}: 0 closed, 1 half open, 2 open. */
    public void providerBreaker(String provider, String operation, Supplier<Number> state) {
        Gauge.builder("pinfold.provider.breaker", state)
                .description("Circuit breaker: 0 closed, 1 half open, 2 open")
                .tag("provider", provider)
                .tag("operation", operation)
                .register(registry);
    }

    /** {@code pinfold.provider.inflight}: calls to a provider that have not ended. */
    public void providerInFlight(String provider, Supplier<Number> calls) {
        Gauge.builder("pinfold.provider.inflight", calls)
                .description("Calls to providers that have not ended")
                .tag("provider", provider)
                .register(registry);
    }

    /** {@code pinfold.fetch.source}: attempts to fetch content from one kind of source, by how they ended. */
    public void fetchAttempt(String source, String outcome) {
        Counter.builder("pinfold.fetch.source")
                .description("Attempts to fetch content, by kind of source and outcome")
                .tag("source", source)
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }

    /** {@code pinfold.fetch.bytes}: verified bytes of each DAG that was fetched. */
    public void fetched(String source, long bytes) {
        DistributionSummary.builder("pinfold.fetch.bytes")
                .description("Verified bytes per fetched DAG")
                .baseUnit("bytes")
                .tag("source", source)
                .register(registry)
                .record((double) bytes);
    }

    /** {@code pinfold.gateway.read}: time of each read through the gateway, by format and class of status. */
    public void gatewayRead(String format, String status, Duration duration) {
        Timer.builder("pinfold.gateway.read")
                .description("Reads through the gateway, by format and class of status")
                .tag("format", format)
                .tag("status", status)
                .register(registry)
                .record(duration);
    }

    /** {@code pinfold.gateway.bytes}: bytes of bodies that were sent to readers. */
    public void gatewaySent(String format, long bytes) {
        Counter.builder("pinfold.gateway.bytes")
                .description("Bytes sent to readers, by format")
                .baseUnit("bytes")
                .tag("format", format)
                .register(registry)
                .increment((double) bytes);
    }

    /** {@code pinfold.gateway.reading}: reads that have not ended. */
    public void gatewayReading(Supplier<Number> reads) {
        Gauge.builder("pinfold.gateway.reading", reads)
                .description("Reads through the gateway that have not ended")
                .register(registry);
    }

    /** {@code pinfold.gateway.lent}: blocks that are on their way to readers whole. */
    public void gatewayLent(Supplier<Number> blocks) {
        Gauge.builder("pinfold.gateway.lent", blocks)
                .description("Blocks on their way to readers of the gateway; slow ones keep theirs for long")
                .register(registry);
    }

    /** {@code pinfold.verify}: samples of replicas that were checked, by what was found. */
    public void verified(String provider, String result) {
        Counter.builder("pinfold.verify")
                .description("Replicas sampled, by provider and result")
                .tag("provider", provider)
                .tag("result", result)
                .register(registry)
                .increment();
    }

    /** {@code pinfold.deal.state}: deals that entered a state, by the provider that makes them. */
    public void dealMoved(String provider, String state) {
        Counter.builder("pinfold.deal.state")
                .description("Deals that entered a state, by the provider that makes them")
                .tag("provider", provider)
                .tag("state", state)
                .register(registry)
                .increment();
    }

    /** {@code pinfold.staging.bytes}: bytes of staged content on disk. */
    public void stagedBytes(Supplier<Number> bytes) {
        Gauge.builder("pinfold.staging.bytes", bytes)
                .description("Bytes of staged content on disk")
                .baseUnit("bytes")
                .register(registry);
    }

    /** {@code pinfold.retrieval.unfreeze}: decisions about content that is read often and has only cold copies. */
    public void unfreeze(String decision) {
        Counter.builder("pinfold.retrieval.unfreeze")
                .description("Popular contents with only cold copies, by what was decided: hot, cold")
                .tag("decision", decision)
                .register(registry)
                .increment();
    }

    /** {@code pinfold.retrieval.start}: sources that were asked for content by readers, by the reason. */
    public void retrievalStarted(String provider, String why) {
        Counter.builder("pinfold.retrieval.start")
                .description("Sources asked for content that is read, by reason: first, hedge, replacement, cold")
                .tag("provider", provider)
                .tag("why", why)
                .register(registry)
                .increment();
    }

    /** {@code pinfold.retrieval.first.block}: time until the first verified block of each source that won a race. */
    public void retrievalFirstBlock(String provider, Duration after) {
        Timer.builder("pinfold.retrieval.first.block")
                .description("Time until the first verified block, by the provider that won")
                .tag("provider", provider)
                .register(registry)
                .record(after);
    }

    /** {@code pinfold.retrieval.failure}: sources that did not give a reader what they were asked for. */
    public void retrievalFailed(String provider, String outcome) {
        Counter.builder("pinfold.retrieval.failure")
                .description("Sources that failed readers, by outcome")
                .tag("provider", provider)
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }

    /** {@code pinfold.retrieval.quarantine}: copies set aside because they gave readers wrong bytes. */
    public void retrievalQuarantined(String provider) {
        Counter.builder("pinfold.retrieval.quarantine")
                .description("Copies set aside because of wrong bytes")
                .tag("provider", provider)
                .register(registry)
                .increment();
    }

    /** {@code pinfold.retrieval.bytes}: verified bytes for readers, by where they came from; from the cache: saved. */
    public void retrieved(String from, long bytes) {
        Counter.builder("pinfold.retrieval.bytes")
                .description("Verified bytes for readers, by origin: staging, cache, hot, cold")
                .baseUnit("bytes")
                .tag("from", from)
                .register(registry)
                .increment((double) bytes);
    }

    /** {@code pinfold.cache.block}: blocks looked for in the cache; hits by all is the hit ratio. */
    public void cacheAsked(String result) {
        Counter.builder("pinfold.cache.block")
                .description("Blocks looked for in the cache, by result: hit, miss")
                .tag("result", result)
                .register(registry)
                .increment();
    }

    /** {@code pinfold.cache.bytes}: bytes of cached blocks on disk. */
    public void cacheBytes(Supplier<Number> bytes) {
        Gauge.builder("pinfold.cache.bytes", bytes)
                .description("Bytes of cached blocks on disk")
                .baseUnit("bytes")
                .register(registry);
    }

    /** {@code pinfold.alert}: alerts that were raised. */
    public void alertRaised(String kind) {
        Counter.builder("pinfold.alert")
                .description("Alerts raised, by kind")
                .tag("kind", kind)
                .register(registry)
                .increment();
    }

    /** {@code pinfold.alert.open}: alerts that are open, of all brokers of the database. */
    public void alertsOpen(String kind, String severity, Supplier<Number> open) {
        Gauge.builder("pinfold.alert.open", open)
                .description("Alerts that are open, by kind and severity; the same at every broker of one database")
                .tag("kind", kind)
                .tag("severity", severity)
                .register(registry);
    }

    /** {@code pinfold.drain.copies}: copies that are still at a provider that is being left. */
    public void drainLeft(String provider, Supplier<Number> copies) {
        Gauge.builder("pinfold.drain.copies", copies)
                .description("Copies still at a provider that is being left; 0 at all others")
                .tag("provider", provider)
                .register(registry);
    }

    /** {@code pinfold.drain.ended}: drains that came to their end. */
    public void drainEnded(String provider) {
        Counter.builder("pinfold.drain.ended")
                .description("Drains after which nothing was left")
                .tag("provider", provider)
                .register(registry)
                .increment();
    }

    /**
     * {@code pinfold.budget.spent} and {@code pinfold.budget.limit}: the budgets of the policy in force, and no others.
     *
     * @param budgets all of them
     */
    public void budgets(Collection<BudgetReading> budgets) {
        spent.register(
                budgets.stream()
                        .map(b -> MultiGauge.Row.of(Tags.of("budget", b.budget()), b.spent()))
                        .toList(),
                true);
        limits.register(
                budgets.stream()
                        .map(b -> MultiGauge.Row.of(Tags.of("budget", b.budget()), b.limit()))
                        .toList(),
                true);
    }

    /**
     * A budget as it is shown; nothing is reckoned with these figures.
     *
     * @param budget its name in the policy
     * @param spent what is spent and promised this month, in the policy's currency
     * @param limit what it has for a month; infinite without a limit
     */
    public record BudgetReading(String budget, double spent, double limit) {}
}
