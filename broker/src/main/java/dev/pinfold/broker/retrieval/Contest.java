package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.FetchAttempt.Outcome;
import dev.pinfold.broker.retrieval.Ledger.Copy;
import dev.pinfold.broker.retrieval.race.Move;
import dev.pinfold.broker.retrieval.race.Move.Because;
import dev.pinfold.broker.retrieval.race.Move.Why;
import dev.pinfold.broker.retrieval.race.Race;
import dev.pinfold.broker.retrieval.race.Runner;
import dev.pinfold.content.Cid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs one {@link Race} with real sources: each on a virtual thread of its own, stopped by interruption. Whatever a loser
 * still brings is closed.
 */
final class Contest {
    /** Asks one source; gives the first verified block. Ends soon after an interrupt. */
    interface Attempt {
        Opened open(FetchSource source) throws SourceTrouble;
    }

    /** How one source failed. */
    record Loss(Copy copy, SourceTrouble trouble) {}

    /** How a contest ended. */
    sealed interface Result {}

    /** A source gave a verified block. */
    record Served(Copy copy, Opened opened) implements Result {}

    /** None did. */
    record NobodyServed(List<Loss> losses) implements Result {}

    private final class Lane {
        private final Copy copy;
        private final long started = System.nanoTime();
        private final Thread thread;
        private @Nullable Opened opened;
        private boolean stopped;

        Lane(Copy copy, Attempt attempt) {
            this.copy = copy;
            this.thread =
                    Thread.ofVirtual().name("race-" + copy.source().name()).start(() -> run(attempt));
        }

        private void run(Attempt attempt) {
            try {
                bring(attempt.open(copy.source()));
            } catch (SourceTrouble e) {
                reports.add(new Report(copy.source().name(), e));
            } catch (RuntimeException e) {
                reports.add(new Report(
                        copy.source().name(), new SourceTrouble(Outcome.UNREACHABLE, "it failed with " + e)));
            }
        }

        private synchronized void bring(Opened now) {
            if (stopped) {
                now.close();
            } else {
                opened = now;
                reports.add(new Report(copy.source().name(), null));
            }
        }

        synchronized void stop() {
            stopped = true;
            thread.interrupt();
            if (opened != null) {
                opened.close();
            }
        }

        synchronized Opened taken() {
            Opened mine = java.util.Objects.requireNonNull(opened);
            opened = null;
            stopped = true;
            return mine;
        }

        Duration age() {
            return Duration.ofNanos(System.nanoTime() - started);
        }
    }

    private record Report(String source, @Nullable SourceTrouble trouble) {}

    private final Cid block;
    private final Map<String, Copy> copies = new HashMap<>();
    private final Race race;
    private final Referee referee;
    private final Attempt attempt;
    private final LinkedBlockingQueue<Report> reports = new LinkedBlockingQueue<>();
    private final Map<String, Lane> lanes = new HashMap<>();
    private final List<Loss> losses = new ArrayList<>();
    private @Nullable Result result;

    /**
     * Prepares a contest.
     *
     * @param block what is asked for
     * @param order all sources, in the order in which they are started
     */
    Contest(Cid block, List<Copy> all, List<Runner> order, Referee referee, Attempt attempt) {
        this.block = block;
        all.forEach(copy -> copies.put(copy.source().name(), copy));
        this.race = referee.race(order);
        this.referee = referee;
        this.attempt = attempt;
    }

    /** Runs until a source won or none is left. */
    Result run() throws InterruptedException {
        try {
            race.begin(System.nanoTime()).forEach(this::make);
            while (result == null) {
                long wait = race.wakeAt() - System.nanoTime();
                Report report = wait <= 0 ? reports.poll() : reports.poll(wait, TimeUnit.NANOSECONDS);
                if (report == null) {
                    race.at(System.nanoTime()).forEach(this::make);
                } else {
                    take(report);
                }
            }
            return result;
        } finally {
            lanes.values().forEach(Lane::stop);
        }
    }

    private void take(Report report) {
        if (report.trouble() == null) {
            race.verified(report.source(), System.nanoTime()).forEach(this::make);
            return;
        }
        Lane lane = lanes.remove(report.source());
        if (lane != null) {
            losses.add(new Loss(lane.copy, report.trouble()));
            referee.failed(lane.copy, report.trouble());
            race.failed(report.source(), System.nanoTime()).forEach(this::make);
        }
    }

    private void make(Move move) {
        switch (move) {
            case Move.Start start -> start(start.source(), start.why());
            case Move.Stop stop -> stop(stop.source(), stop.because());
            case Move.Won won -> won(won.source());
            case Move.Over over -> result = new NobodyServed(List.copyOf(losses));
        }
    }

    private void start(String source, Why why) {
        referee.started(source, why, block);
        Copy copy = java.util.Objects.requireNonNull(copies.get(source));
        lanes.put(source, new Lane(copy, attempt));
    }

    private void stop(String source, Because because) {
        Lane lane = lanes.remove(source);
        if (lane == null) {
            return;
        }
        lane.stop();
        if (because == Because.OUTRUN) {
            referee.outrun(source, lane.age());
        } else {
            SourceTrouble late = new SourceTrouble(
                    Outcome.TIMED_OUT, "no verified block within " + lane.age().toMillis() + " ms");
            losses.add(new Loss(lane.copy, late));
            referee.failed(lane.copy, late);
        }
    }

    private void won(String source) {
        Lane lane = java.util.Objects.requireNonNull(lanes.remove(source));
        referee.verified(lane.copy, lane.age());
        result = new Served(lane.copy, lane.taken());
    }
}
