package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.FetchAttempt.Outcome;
import dev.pinfold.broker.retrieval.Ledger.Copy;
import dev.pinfold.broker.retrieval.race.HedgeBudget;
import dev.pinfold.broker.retrieval.race.Move.Why;
import dev.pinfold.broker.retrieval.race.Race;
import dev.pinfold.broker.retrieval.race.Runner;
import dev.pinfold.broker.retrieval.race.Scoreboard;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Cid;
import dev.pinfold.policy.RetrievalRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Says who may run for one retrieval and in which order, and what follows from how a source did: for its score, for the
 * ledger, for the story and the metrics. A source that lied is not asked again, one that failed comes last. Safe for use by
 * several threads.
 */
final class Referee {
    /** What all retrievals of a broker share. */
    record Rules(
            Ledger ledger,
            Scoreboard scores,
            HedgeBudget hedges,
            dev.pinfold.broker.retrieval.race.RaceSettings settings,
            RandomGenerator random,
            Metrics metrics) {}

    private final Cid root;
    private final Rules rules;
    private final Story story;
    private final Set<String> liars = new HashSet<>();
    private final Map<String, Integer> strikes = new HashMap<>();
    private final Set<String> without = new HashSet<>();
    private List<Copy> known = List.of();
    private RetrievalRule rule = RetrievalRule.DEFAULT;
    private boolean asked;

    Referee(Cid root, Rules rules, Story story) {
        this.root = root;
        this.rules = rules;
        this.story = story;
    }

    Story story() {
        return story;
    }

    synchronized Race race(List<Runner> order) {
        return new Race(order, rules.settings().under(rule), rules.hedges());
    }

    /** The copies that may be asked. The ledger is read once. */
    synchronized List<Copy> copies() {
        if (!asked) {
            List<Copy> usable = new ArrayList<>();
            for (Copy copy : rules.ledger().copies(root)) {
                if (copy.barred().isEmpty()) {
                    usable.add(copy);
                } else {
                    story.tell(new RetrievalEvent.PassedOver(copy.source().name(), copy.barred()));
                }
            }
            known = usable;
            if (usable.size() > 1) {
                rule = rules.ledger().rule(root);
            }
            asked = true;
        }
        return known.stream()
                .filter(copy -> !liars.contains(copy.source().name()))
                .toList();
    }

    /** The order in which these are started: those that failed in this retrieval come last, the best of them first. */
    synchronized List<Runner> lineUp(List<Copy> copies) {
        List<Scoreboard.Entrant> good = new ArrayList<>();
        List<Scoreboard.Entrant> struck = new ArrayList<>();
        for (Copy copy : copies) {
            String name = copy.source().name();
            Scoreboard.Entrant entrant = new Scoreboard.Entrant(name, copy.cold(), copy.fresh());
            (strikes.containsKey(name) ? struck : good).add(entrant);
        }
        List<Runner> order = new ArrayList<>(rules.scores().lineUp(good, rules.random()));
        order.addAll(rules.scores().lineUp(struck, rules.random()));
        Duration hedgeAfter = rule.hedgeAfter();
        return hedgeAfter == null
                ? order
                : order.stream().map(runner -> runner.hedgedAfter(hedgeAfter)).toList();
    }

    void started(String source, Why why, Cid block) {
        story.tell(new RetrievalEvent.Started(source, why, block));
        rules.metrics().retrievalStarted(source, why.name().toLowerCase(java.util.Locale.ROOT));
    }

    void firstByte(FetchSource source, Duration after) {
        story.tell(new RetrievalEvent.FirstByte(source.name(), after));
    }

    void verified(Copy copy, Duration after) {
        String name = copy.source().name();
        rules.scores().verified(name, after);
        rules.metrics().retrievalFirstBlock(name, after);
        story.tell(new RetrievalEvent.Verified(name, after));
    }

    void outrun(String source, Duration after) {
        rules.scores().outrun(source, after);
        story.tell(new RetrievalEvent.LostRace(source, after));
    }

    /** Bytes of a copy came and were right. */
    void moved(Copy copy, long bytes, Duration time) {
        rules.scores().moved(copy.source().name(), bytes, time);
    }

    /** A source failed, before its first block or after it. */
    void failed(Copy copy, SourceTrouble trouble) {
        String name = copy.source().name();
        story.tell(new RetrievalEvent.Failed(name, trouble.outcome(), trouble.detail()));
        rules.metrics().retrievalFailed(name, trouble.outcome().label());
        synchronized (this) {
            strikes.merge(name, 1, Integer::sum);
        }
        switch (trouble.outcome()) {
            case WRONG_BYTES -> quarantine(name, trouble.detail());
            case NOT_FOUND -> doubt(name, trouble.detail());
            case INCOMPLETE, NOT_TRUSTLESS -> {
                rules.scores().failed(name);
                doubt(name, trouble.detail());
            }
            // A copy that is busy or held back by a guard is no worse for it.
            case BUSY, COMPLETE -> {}
            case REFUSED_BY_GUARD, NOT_HTTP, DENIED, CANNOT_SERVE, UNREACHABLE, TIMED_OUT ->
                rules.scores().failed(name);
        }
    }

    private void quarantine(String name, String evidence) {
        synchronized (this) {
            if (!liars.add(name)) {
                return;
            }
        }
        rules.scores().failed(name);
        story.tell(new RetrievalEvent.Quarantined(name, evidence));
        rules.metrics().retrievalQuarantined(name);
        rules.ledger().wrongBytes(root, name, evidence);
    }

    private void doubt(String name, String detail) {
        synchronized (this) {
            if (!without.add("doubt " + name)) {
                return;
            }
        }
        story.tell(new RetrievalEvent.Doubted(name, detail));
        rules.ledger().missing(root, name, detail);
    }

    /** This source cannot do something, such as {@code parts}: it is not asked for that again. */
    void cannot(FetchSource source, String what, String detail) {
        boolean news;
        synchronized (this) {
            news = without.add(what + " " + source.name());
        }
        if (news) {
            story.tell(new RetrievalEvent.Limited(source.name(), "no " + what + ": " + detail));
        }
    }

    synchronized boolean can(FetchSource source, String what) {
        return !without.contains(what + " " + source.name());
    }

    /** Whether all that failed lack the content, so that nobody has it. */
    static boolean missing(List<Contest.Loss> losses) {
        return losses.stream().allMatch(loss -> loss.trouble().outcome() == Outcome.NOT_FOUND);
    }
}
