package dev.pinfold.broker.docs;

import dev.pinfold.broker.cold.Checkpoint;
import dev.pinfold.broker.cold.Deal;
import dev.pinfold.broker.cold.DealDecide;
import dev.pinfold.broker.cold.DealIntent;
import dev.pinfold.broker.cold.DealOutcome;
import dev.pinfold.broker.cold.DealState;
import dev.pinfold.broker.cold.DealStep;
import dev.pinfold.content.Block;
import dev.pinfold.content.Codec;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceHasher;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealObservation.Proof;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealPiece;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.DealTerms;
import dev.pinfold.spi.deal.DealTrouble;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.PieceSource;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Collectors;

/** The part of {@code docs/states.md} about deals: asks {@link DealDecide} for every state and every sight. */
final class DealStates {
    private static final Epoch START = new Epoch(10_000);
    private static final Epoch END = new Epoch(30_000);
    private static final Epoch EARLY = new Epoch(100);
    /** Near the end of the deal, and long after it. */
    private static final Epoch LATE = new Epoch(29_900);

    private static final Epoch AFTER = new Epoch(90_000);
    private static final DealDecide.Rules RULES =
            new DealDecide.Rules(Duration.ofSeconds(30), Duration.ofHours(1), 1_000, 500, 5_000, 1, true, 1_000, 5);

    private DealStates() {}

    /** What may be seen, at a time. */
    private record Case(String words, DealOutcome outcome, Epoch head, boolean wanted) {}

    static String markdown() {
        StringBuilder text = new StringBuilder("""

                # States of a deal

                Made in the same way, of [`DealDecide`](../broker/src/main/java/dev/pinfold/broker/cold/DealDecide.java). A deal is one copy of one
                piece with one storage provider ([0013](adr/0013-deals.md)).

                | state | what it means | what is done next |
                |---|---|---|
                """);
        for (DealState state : DealState.values()) {
            ErrorsReference.row(text, "`" + state.word() + "`", meaning(state), next(state));
        }
        text.append("""

                Before `proposing` a deal whose piece nobody wants, whose start has come too near or that was proposed `deals.maxAttempts` times is
                `withdrawn`; one that is refused on the way there, or by its proposal, is `failed`.

                ## What is recorded after a look

                `=`: the state stays.

                """);
        List<DealState> columns = List.of(
                DealState.PROPOSING, DealState.ACCEPTED, DealState.PUBLISHED, DealState.ACTIVE, DealState.ENDING);
        ErrorsReference.row(
                text, "seen", columns.stream().map(s -> "`" + s.word() + "`").collect(Collectors.joining(" | ")));
        text.append("|---".repeat(columns.size() + 1)).append("|\n");
        Map<String, Boolean> moves = new LinkedHashMap<>();
        moves.put("ordered --> prepared", true);
        moves.put("ordered --> withdrawn", true);
        moves.put("ordered --> failed", true);
        moves.put("prepared --> proposing", true);
        moves.put("prepared --> withdrawn", true);
        for (Case each : cases()) {
            List<String> cells = new ArrayList<>();
            for (DealState from : columns) {
                DealState to = DealDecide.after(deal(from, each.wanted()), each.outcome(), each.head(), RULES)
                        .next()
                        .state();
                cells.add(to == from ? "=" : to.word());
                if (to != from) {
                    moves.put(from.word() + " --> " + to.word(), true);
                }
            }
            ErrorsReference.row(text, each.words(), String.join(" | ", cells));
        }
        text.append("\n```mermaid\nstateDiagram-v2\n    [*] --> ordered\n");
        moves.keySet().forEach(move -> text.append("    ").append(move).append('\n'));
        return text.append("```\n").toString();
    }

    private static String next(DealState state) {
        return switch (DealDecide.next(deal(state, true), EARLY, RULES)) {
            case DealStep.Prepare step -> "bring about what the proposal stands on";
            case DealStep.Propose step -> "write `proposing` down, then propose it";
            case DealStep.Look step -> "look at it";
            case DealStep.Withdraw step -> "give it up";
            case DealStep.Release step -> "tell the node to let go of what it holds for it, once";
            case DealStep.Rest step -> "nothing";
        };
    }

    private static String meaning(DealState state) {
        return switch (state) {
            case ORDERED -> "the intent is written down, its cost reserved; nobody has been asked";
            case PREPARED -> "the node holds the payload, escrow covers the price, DataCap is set aside";
            case PROPOSING -> "the storage provider may or may not have heard of it: only a look tells";
            case ACCEPTED -> "the storage provider has the proposal";
            case PUBLISHED -> "on chain, or on its way there; not proven yet";
            case ACTIVE -> "stored and proven";
            case ENDING -> "stored and proven, and about to end, or wanted by nobody";
            case EXPIRED -> "it ran to its end";
            case SLASHED -> "the storage provider lost the piece, by the chain's word";
            case LOST -> "not heard of for too long, and no chain vouches for it";
            case FAILED -> "it never became active";
            case WITHDRAWN -> "given up before anybody heard of it";
        };
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        add(cases, "provably nowhere", new DealObservation.Absent(), EARLY);
        add(cases, "the proposal has arrived", new DealObservation.Proposed(""), EARLY);
        add(cases, "taken", new DealObservation.Accepted(""), EARLY);
        add(cases, "the piece is being fetched", new DealObservation.Transferring(OptionalLong.empty(), ""), EARLY);
        add(cases, "on chain, not proven", new DealObservation.Published(OptionalLong.of(1), ""), EARLY);
        DealObservation active =
                new DealObservation.Active(OptionalLong.of(1), START, END, OptionalLong.empty(), Proof.CHAIN);
        add(cases, "active", active, new Epoch(11_000));
        add(cases, "active, and its end is near", active, LATE);
        cases.add(new Case("active, and nobody wants its piece", seen(active, EARLY), EARLY, false));
        add(cases, "slashed", new DealObservation.Slashed(new Epoch(12_000)), new Epoch(12_000));
        add(cases, "at its end", new DealObservation.Expired(END), AFTER);
        add(cases, "the storage provider gave it up", new DealObservation.Failed(DealTrouble.OTHER, ""), EARLY);
        add(cases, "nothing can be told", new DealObservation.Unknown(""), EARLY);
        add(cases, "nothing can be told, long after its end", new DealObservation.Unknown(""), AFTER);
        return cases;
    }

    private static void add(List<Case> cases, String words, DealObservation observation, Epoch head) {
        cases.add(new Case(words, seen(observation, head), head, true));
    }

    private static DealOutcome seen(DealObservation observation, Epoch head) {
        return new DealOutcome.Seen(DealSighting.of(observation, DealIds.NONE, head));
    }

    private static Deal deal(DealState state, boolean wanted) {
        byte[] car = new byte[127];
        PieceHasher hasher = PieceHasher.sequential();
        hasher.update(car, 0, car.length);
        Piece piece = hasher.finish();
        UUID id = new UUID(1, 2);
        DealOrder order = new DealOrder(
                id.toString(),
                id,
                DealMode.MK12,
                "f1wallet",
                "f01000",
                new DealPiece(
                        piece.cidV1(),
                        piece.size(),
                        car.length,
                        Block.of(Codec.RAW, car).cid()),
                new DealTerms(START, END, AttoFil.of(1), AttoFil.ZERO, false, true),
                new PieceSource(URI.create("http://broker.example/piece/x"), Map.of()));
        Checkpoint at = new Checkpoint(
                state,
                DealIds.NONE,
                state.stored() ? START : null,
                state.stored() ? END : null,
                OptionalLong.empty(),
                state.stored() ? Proof.CHAIN : null,
                null,
                null,
                null,
                0,
                0,
                false);
        return new Deal(
                new DealIntent(1, 0, DealIntent.Reason.COPY, null, "lotus", order),
                at,
                "archive",
                piece.cidV2(),
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                wanted,
                1);
    }
}
