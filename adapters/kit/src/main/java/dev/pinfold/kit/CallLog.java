package dev.pinfold.kit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What an upstream was asked: exact counts of everything, and the last calls themselves. Arrivals are counted when the
 * request is complete, answers when they are sent, so a call that hangs has arrived and has no status. Safe for many
 * threads.
 */
public final class CallLog {
    private static final int KEPT = 2_000;

    private final Deque<Call> recent = new ArrayDeque<>();
    private final Map<PsaOperation, Long> arrivals = new EnumMap<>(PsaOperation.class);
    private final Map<PsaOperation, Map<Integer, Long>> answers = new EnumMap<>(PsaOperation.class);

    /** How many requests arrived in all. */
    public synchronized long total() {
        return arrivals.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many requests of this operation arrived. */
    public synchronized long count(PsaOperation operation) {
        return arrivals.getOrDefault(operation, 0L);
    }

    /** How many requests of this operation were answered with this status; 0 counts those left without an answer. */
    public synchronized long count(PsaOperation operation, int status) {
        return answers.getOrDefault(operation, Map.of()).getOrDefault(status, 0L);
    }

    /** How many requests were answered with this status in all. */
    public synchronized long countStatus(int status) {
        return answers.values().stream()
                .mapToLong(byStatus -> byStatus.getOrDefault(status, 0L))
                .sum();
    }

    /** The last 2,000 calls that were answered or cut off, oldest first. */
    public synchronized List<Call> recent() {
        return List.copyOf(recent);
    }

    /** The last calls of one operation, oldest first. */
    public synchronized List<Call> recent(PsaOperation operation) {
        return recent.stream().filter(call -> call.operation() == operation).collect(Collectors.toList());
    }

    /** Forgets everything. */
    public synchronized void clear() {
        recent.clear();
        arrivals.clear();
        answers.clear();
    }

    /**
     * Waits until this many requests of an operation have arrived since the start or the last {@link #clear}.
     *
     * @throws AssertionError they did not in time
     */
    public synchronized void awaitArrivals(PsaOperation operation, long count, Duration atMost)
            throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (arrivals.getOrDefault(operation, 0L) < count) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("only " + arrivals.getOrDefault(operation, 0L) + " of " + count + " "
                        + operation + " requests arrived within " + atMost);
            }
            wait(left);
        }
    }

    synchronized void arrived(PsaOperation operation) {
        arrivals.merge(operation, 1L, Long::sum);
        notifyAll();
    }

    synchronized void ended(Call call) {
        answers.computeIfAbsent(call.operation(), key -> new TreeMap<>()).merge(call.status(), 1L, Long::sum);
        if (recent.size() == KEPT) {
            recent.removeFirst();
        }
        recent.addLast(call);
    }
}
