package dev.pinfold.broker.retrieval;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The events of one retrieval, bounded: the first ones and the last ones are kept, those between are counted. Safe for use
 * by several threads.
 */
public final class Story {
    private static final int FIRST = 64;
    private static final int LAST = 192;

    /** Where bytes came from; values of the metric label {@code from}. */
    public enum Origin {
        STAGING,
        CACHE,
        HOT,
        COLD;

        /** The word in JSON and metrics. */
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * An event and when it happened.
     *
     * @param at since the retrieval began
     */
    public record Entry(Duration at, RetrievalEvent event) {}

    private final long id;
    private final Want want;
    private final Instant since;
    private final long startNanos;
    private final List<Entry> first = new ArrayList<>();
    private final Deque<Entry> last = new ArrayDeque<>();
    private final Map<Origin, Long> bytes = new EnumMap<>(Origin.class);
    private long omitted;
    private int readers;
    private boolean ended;

    Story(long id, Want want, Instant since, long startNanos) {
        this.id = id;
        this.want = want;
        this.since = since;
        this.startNanos = startNanos;
    }

    synchronized void tell(RetrievalEvent event) {
        Entry entry = new Entry(Duration.ofNanos(System.nanoTime() - startNanos), event);
        if (first.size() < FIRST) {
            first.add(entry);
            return;
        }
        last.add(entry);
        if (last.size() > LAST) {
            last.remove();
            omitted++;
        }
    }

    synchronized void moved(Origin from, long count) {
        bytes.merge(from, count, Long::sum);
    }

    synchronized void joined() {
        readers++;
    }

    synchronized void end() {
        if (!ended) {
            ended = true;
            tell(new RetrievalEvent.Finished(
                    bytes.values().stream().mapToLong(Long::longValue).sum(),
                    Duration.ofNanos(System.nanoTime() - startNanos)));
        }
    }

    /** Its number, rising. */
    public long id() {
        return id;
    }

    /** What was wanted. */
    public Want want() {
        return want;
    }

    /** When it began. */
    public Instant since() {
        return since;
    }

    /** How many readers it had. */
    public synchronized int readers() {
        return readers;
    }

    /** Whether its last reader is gone. */
    public synchronized boolean ended() {
        return ended;
    }

    /** Verified bytes by where they came from. */
    public synchronized Map<Origin, Long> bytes() {
        return new EnumMap<>(bytes.isEmpty() ? Map.of(Origin.HOT, 0L) : bytes);
    }

    /** The events that were kept, in order. */
    public synchronized List<Entry> events() {
        List<Entry> all = new ArrayList<>(first);
        all.addAll(last);
        return all;
    }

    /** How many events between the first and the last ones were not kept. */
    public synchronized long omitted() {
        return omitted;
    }
}
