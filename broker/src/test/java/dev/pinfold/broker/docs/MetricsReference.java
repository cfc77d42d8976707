package dev.pinfold.broker.docs;

import dev.pinfold.broker.alert.AlertKind;
import dev.pinfold.broker.provider.FailureTreatment;
import dev.pinfold.broker.provider.Operation;
import dev.pinfold.broker.retrieval.FetchAttempt;
import dev.pinfold.broker.retrieval.Verification;
import dev.pinfold.broker.telemetry.Metrics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes {@code docs/metrics.md}: calls every method of {@link Metrics} once and looks at what is registered then. */
final class MetricsReference {
    private MetricsReference() {}

    static String markdown() {
        StringBuilder text = new StringBuilder("""
                # Metrics

                Made from the code by `ReferenceTest`; do not edit.

                The management listener serves them at `/metrics` in Prometheus's text format. They are declared in
                [`Metrics`](../broker/src/main/java/dev/pinfold/broker/telemetry/Metrics.java). Label values come from closed sets: no CID, no
                token, no text from outside.

                | series | type | labels | means |
                |---|---|---|---|
                """);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Metrics metrics = new Metrics(registry);
        Arrays.stream(Metrics.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getParameterCount() > 0)
                .sorted(Comparator.comparing(Method::getName))
                .forEach(method -> call(metrics, method));
        List<String> series = registry.scrape()
                .lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ", -1)[2])
                .toList();
        registry.getMeters().stream()
                .sorted(Comparator.comparing(meter -> meter.getId().getName()))
                .forEach(meter -> row(text, meter, series));
        text.append("\n## Values of labels\n\n| label | values |\n|---|---|\n");
        ErrorsReference.row(text, "`provider`", "the ids of the configuration");
        ErrorsReference.row(text, "`budget`", "the names in the policy in force");
        ErrorsReference.row(
                text, "`operation`", words(Arrays.stream(Operation.values()).map(Operation::label)));
        ErrorsReference.row(
                text,
                "`outcome` of `pinfold_provider_call_seconds`",
                words(Stream.concat(
                                Stream.of("ok"),
                                Failures.all().stream()
                                        .map(failure ->
                                                FailureTreatment.of(failure).label())))
                        + "; `left` where the broker stopped waiting, as for the losers of a race");
        ErrorsReference.row(text, "`guard`", words(Stream.of("breaker", "rate", "bulkhead")));
        ErrorsReference.row(
                text,
                "`source`",
                words(Arrays.stream(FetchAttempt.Kind.values()).map(FetchAttempt.Kind::label)));
        ErrorsReference.row(
                text,
                "`outcome` of `pinfold_fetch_source_total`",
                words(Arrays.stream(FetchAttempt.Outcome.values()).map(FetchAttempt.Outcome::label)));
        ErrorsReference.row(
                text,
                "`result`",
                words(Arrays.stream(Objects.requireNonNull(Verification.class.getPermittedSubclasses()))
                        .map(kind -> kind.getSimpleName().toLowerCase(java.util.Locale.ROOT))));
        ErrorsReference.row(
                text, "`kind`", words(Arrays.stream(AlertKind.values()).map(AlertKind::word)));
        ErrorsReference.row(
                text,
                "`severity`",
                words(Arrays.stream(AlertKind.Severity.values())
                        .map(severity -> severity.name().toLowerCase(java.util.Locale.ROOT))));
        return text.toString();
    }

    private static String words(Stream<String> words) {
        return words.map(word -> "`" + word + "`").collect(Collectors.joining(", "));
    }

    private static void row(StringBuilder text, Meter meter, List<String> series) {
        String name = meter.getId().getName().replace('.', '_');
        ErrorsReference.row(
                text,
                series.stream()
                        .filter(one ->
                                one.equals(name) || one.matches(name + "_(seconds|bytes|total|seconds_max|bytes_max)"))
                        .map(one -> "`" + one + "`")
                        .collect(Collectors.joining(", ")),
                meter.getId()
                        .getType()
                        .name()
                        .toLowerCase(java.util.Locale.ROOT)
                        .replace('_', ' '),
                meter.getId().getTags().stream()
                        .map(Tag::getKey)
                        .map(key -> "`" + key + "`")
                        .collect(Collectors.joining(", ")),
                String.valueOf(meter.getId().getDescription()));
    }

    private static void call(Metrics metrics, Method method) {
        try {
            method.invoke(
                    metrics,
                    Arrays.stream(method.getParameters())
                            .map(MetricsReference::argument)
                            .toArray());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(method + " cannot be called: " + e, e);
        }
    }

    private static Object argument(Parameter parameter) {
        Class<?> type = parameter.getType();
        if (type == String.class) {
            return "x";
        } else if (type == Duration.class) {
            return Duration.ofMillis(1);
        } else if (type == Supplier.class) {
            Supplier<Number> zero = () -> 0;
            return zero;
        } else if (type == Collection.class) {
            return List.of(new Metrics.BudgetReading("x", 0, 0));
        } else if (type == long.class) {
            return 1L;
        } else if (type == int.class) {
            return 1;
        }
        throw new AssertionError("an argument of a new type: " + parameter + "; add it here");
    }
}
