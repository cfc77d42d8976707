package dev.pinfold.broker.alert;

import dev.pinfold.broker.store.AlertStore;
import dev.pinfold.broker.telemetry.Metrics;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The alerts of all brokers of one database. A new one is also a line of the log and counted. */
public final class AlertBook implements Alerts {
    private static final Logger log = LoggerFactory.getLogger(AlertBook.class);
    private static final int LONGEST_SUBJECT = 200;
    private static final int LONGEST_MESSAGE = 1_000;

    private final AlertStore store;
    private final Metrics metrics;
    private final Map<AlertKind, AtomicLong> open = Arrays.stream(AlertKind.values())
            .collect(Collectors.toMap(
                    Function.identity(),
                    kind -> new AtomicLong(),
                    (one, other) -> one,
                    () -> new EnumMap<>(AlertKind.class)));

    public AlertBook(AlertStore store, Metrics metrics) {
        this.store = store;
        this.metrics = metrics;
        open.forEach((kind, count) ->
                metrics.alertsOpen(kind.word(), kind.severity().name().toLowerCase(Locale.ROOT), count::get));
    }

    @Override
    public void raise(AlertKind kind, String subject, String message) {
        String about = cut(subject, LONGEST_SUBJECT);
        if (store.raise(kind, about, cut(message, LONGEST_MESSAGE))) {
            metrics.alertRaised(kind.word());
            log.warn("event=alert.raised kind={} subject=\"{}\" detail=\"{}\"", kind.word(), about, message);
            refresh();
        }
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    }

    @Override
    public void clear(AlertKind kind, String subject) {
        String about = cut(subject, LONGEST_SUBJECT);
        if (store.clear(kind, about)) {
            log.info("event=alert.cleared kind={} subject=\"{}\"", kind.word(), about);
            refresh();
        }
    }

    /** The open alerts of a kind. */
    public List<Alert> open(AlertKind kind) {
        return store.open(kind);
    }

    /** Counts what is open anew: other brokers raise and clear too. */
    public void refresh() {
        Map<AlertKind, Long> counts = store.countOpen();
        open.forEach((kind, count) -> count.set(counts.getOrDefault(kind, 0L)));
    }
}
