package dev.pinfold.policy.document;

import static dev.pinfold.policy.document.Field.optional;
import static dev.pinfold.policy.document.Field.required;

import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.Upkeep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The language of what happens after the first placement: repair, rebalance, drains, audits, roll-out. */
final class UpkeepShapes {
    private UpkeepShapes() {}

    private static final Upkeep.Repair REPAIR_DEFAULT = Upkeep.Repair.DEFAULT;
    private static final Field<Integer> OBSERVATIONS = optional(
            "observations", Scalars.integer(1, 100), REPAIR_DEFAULT.lossObservations(), "observations of an absence");
    private static final Field<Duration> OVER =
            optional("over", Scalars.DURATION, REPAIR_DEFAULT.lossOver(), "time over which they are spread");

    private record Loss(int observations, Duration over) {}

    private static final Field<Loss> CONFIRM_LOSS = optional(
            "confirmLoss",
            Shapes.object(
                    "confirmLoss",
                    "When a copy counts as lost.",
                    List.of(OBSERVATIONS, OVER),
                    values -> new Loss(values.get(OBSERVATIONS), values.get(OVER))),
            new Loss(REPAIR_DEFAULT.lossObservations(), REPAIR_DEFAULT.lossOver()),
            "when a copy counts as lost");

    private static final Field<Duration> UNDER_MIN =
            optional("underMin", Scalars.DURATION, REPAIR_DEFAULT.delayUnderMin(), "wait below min");
    private static final Field<Duration> UNDER_TARGET =
            optional("underTarget", Scalars.DURATION, REPAIR_DEFAULT.delayUnderTarget(), "wait below target");

    private record Delay(Duration underMin, Duration underTarget) {}

    private static final Field<Delay> DELAY = optional(
            "delay",
            Shapes.object("delay", "Two speeds of repair.", List.of(UNDER_MIN, UNDER_TARGET), values -> {
                return values.get(UNDER_MIN).compareTo(values.get(UNDER_TARGET)) > 0
                        ? values.wrong(UNDER_MIN, "waiting longer below min than below target is the wrong way round")
                        : new Delay(values.get(UNDER_MIN), values.get(UNDER_TARGET));
            }),
            new Delay(REPAIR_DEFAULT.delayUnderMin(), REPAIR_DEFAULT.delayUnderTarget()),
            "two speeds of repair");

    private static final Field<Integer> MAX_CONCURRENT =
            optional("maxConcurrent", Scalars.integer(1, 100_000), REPAIR_DEFAULT.maxConcurrent(), "repairs at once");
    private static final Field<Integer> PER_PROVIDER = optional(
            "perProvider",
            Scalars.integer(1, 100_000),
            REPAIR_DEFAULT.perProvider(),
            "repairs at once into one provider");
    private static final Field<Long> BYTES_PER_DAY =
            optional("maxBytesPerDay", Scalars.SIZE, REPAIR_DEFAULT.maxBytesPerDay(), "repaired bytes per day");
    private static final Field<Ratio> BRAKE = optional(
            "massFailureBrake",
            Scalars.SHARE,
            REPAIR_DEFAULT.massFailureBrake(),
            "share of all replicas lost at which repair stops and asks for a human");

    private record Rate(int maxConcurrent, int perProvider, long bytesPerDay, Ratio brake) {}

    private static final Field<Rate> RATE = optional(
            "rate",
            Shapes.object(
                    "repairRate",
                    "How fast repair may go.",
                    List.of(MAX_CONCURRENT, PER_PROVIDER, BYTES_PER_DAY, BRAKE),
                    values -> new Rate(
                            values.get(MAX_CONCURRENT),
                            values.get(PER_PROVIDER),
                            values.get(BYTES_PER_DAY),
                            values.get(BRAKE))),
            new Rate(
                    REPAIR_DEFAULT.maxConcurrent(),
                    REPAIR_DEFAULT.perProvider(),
                    REPAIR_DEFAULT.maxBytesPerDay(),
                    REPAIR_DEFAULT.massFailureBrake()),
            "how fast repair may go");

    private static final Field<Duration> REMOVE_AFTER =
            optional("removeAfter", Scalars.DURATION, REPAIR_DEFAULT.removeOverAfter(), "how long surplus copies stay");
    private static final Field<Duration> OVER_REPLICATED = optional(
            "overReplicated",
            Shapes.object(
                    "overReplicated",
                    "What happens to surplus copies.",
                    List.of(REMOVE_AFTER),
                    values -> values.get(REMOVE_AFTER)),
            REPAIR_DEFAULT.removeOverAfter(),
            "what happens to surplus copies");
    private static final Field<Duration> RECONCILE = optional(
            "reconcileEvery",
            Scalars.DURATION,
            REPAIR_DEFAULT.reconcileEvery(),
            "how often desired and observed are compared");

    static final Field<Upkeep.Repair> REPAIR = optional(
            "repair",
            Shapes.object(
                    "repair",
                    "How lost copies are replaced.",
                    List.of(RECONCILE, CONFIRM_LOSS, DELAY, RATE, OVER_REPLICATED),
                    values -> new Upkeep.Repair(
                            values.get(RECONCILE),
                            values.get(CONFIRM_LOSS).observations(),
                            values.get(CONFIRM_LOSS).over(),
                            values.get(DELAY).underMin(),
                            values.get(DELAY).underTarget(),
                            values.get(RATE).maxConcurrent(),
                            values.get(RATE).perProvider(),
                            values.get(RATE).bytesPerDay(),
                            values.get(RATE).brake(),
                            values.get(OVER_REPLICATED))),
            REPAIR_DEFAULT,
            "how lost copies are replaced");

    private static final Upkeep.Rebalance REBALANCE_DEFAULT = Upkeep.Rebalance.DEFAULT;
    private static final Field<Ratio> MIN_SAVING = optional(
            "minSaving", Scalars.SHARE, REBALANCE_DEFAULT.minSaving(), "least share of the present cost a move saves");
    private static final Field<Duration> PAYBACK = optional(
            "paybackWithin",
            Scalars.DURATION,
            REBALANCE_DEFAULT.paybackWithin(),
            "time in which it pays for its egress");
    private static final Field<Duration> COOLDOWN =
            optional("cooldown", Scalars.DURATION, REBALANCE_DEFAULT.cooldown(), "least time between moves of one pin");
    private static final Field<Ratio> MOVE_PER_DAY = optional(
            "maxMovePerDay",
            Scalars.SHARE,
            REBALANCE_DEFAULT.maxMovePerDay(),
            "share of all pins that may move per day");

    private record Hysteresis(Ratio minSaving, Duration payback, Duration cooldown, Ratio perDay) {}

    private static final Field<Hysteresis> HYSTERESIS = optional(
            "hysteresis",
            Shapes.object(
                    "hysteresis",
                    "How much better a move must be.",
                    List.of(MIN_SAVING, PAYBACK, COOLDOWN, MOVE_PER_DAY),
                    values -> new Hysteresis(
                            values.get(MIN_SAVING),
                            values.get(PAYBACK),
                            values.get(COOLDOWN),
                            values.get(MOVE_PER_DAY))),
            new Hysteresis(
                    REBALANCE_DEFAULT.minSaving(),
                    REBALANCE_DEFAULT.paybackWithin(),
                    REBALANCE_DEFAULT.cooldown(),
                    REBALANCE_DEFAULT.maxMovePerDay()),
            "how much better a move must be");
    private static final Field<Boolean> ENABLED =
            optional("enabled", Scalars.BOOLEAN, true, "false never moves a healthy copy for money");
    private static final Field<Boolean> MAKE_BEFORE_BREAK = optional(
            "makeBeforeBreak",
            Scalars.word(Map.of("true", true)),
            true,
            "always true: the new copy is verified before the old one goes");

    static final Field<Upkeep.Rebalance> REBALANCE = optional(
            "rebalance",
            Shapes.object(
                    "rebalance",
                    "When a cheaper set is worth moving to.",
                    List.of(ENABLED, HYSTERESIS, MAKE_BEFORE_BREAK),
                    values -> new Upkeep.Rebalance(
                            values.get(ENABLED),
                            values.get(HYSTERESIS).minSaving(),
                            values.get(HYSTERESIS).payback(),
                            values.get(HYSTERESIS).cooldown(),
                            values.get(HYSTERESIS).perDay())),
            REBALANCE_DEFAULT,
            "when a cheaper set is worth moving to");

    private static final Field<String> PROVIDER = required("provider", Scalars.NAME, "who is left");
    private static final Field<String> REASON = optional("reason", Scalars.TEXT, "drained by policy", "why");
    private static final Field<Instant> START = required("start", Scalars.INSTANT, "from when on");
    private static final Field<Instant> FINISH = required("mustFinishBy", Scalars.INSTANT, "the deadline");
    private static final Field<String> MODE = optional(
            "mode",
            Scalars.word(Map.of("makeBeforeBreak", "makeBeforeBreak")),
            "makeBeforeBreak",
            "the new copy is verified before the old one goes");

    static final Field<List<Upkeep.Drain>> DRAINS = optional(
            "drain",
            Shapes.list(
                    Shapes.object(
                            "drain",
                            "A provider that is being left.",
                            List.of(PROVIDER, REASON, START, FINISH, MODE),
                            values -> values.get(START).isAfter(values.get(FINISH))
                                    ? values.wrong(FINISH, "the deadline is before the start")
                                    : new Upkeep.Drain(
                                            values.get(PROVIDER),
                                            values.get(REASON),
                                            values.get(START),
                                            values.get(FINISH))),
                    0),
            List.of(),
            "providers that are being left");

    private static final Upkeep.Audit AUDIT_DEFAULT = Upkeep.Audit.DEFAULT;
    private static final Field<Integer> PER_DAY = optional(
            "perDay",
            Scalars.integer(0, 10_000),
            AUDIT_DEFAULT.blocksPerReplicaPerDay(),
            "sampled blocks per replica and day");
    private static final Field<Integer> ON_PIN = optional(
            "onPin", Scalars.integer(0, 10_000), AUDIT_DEFAULT.blocksOnPin(), "blocks sampled at first verification");

    private record Blocks(int perDay, int onPin) {}

    private static final Field<Blocks> BLOCKS = optional(
            "blocksPerReplica",
            Shapes.object(
                    "blocksPerReplica",
                    "Blocks that are fetched and hashed.",
                    List.of(PER_DAY, ON_PIN),
                    values -> new Blocks(values.get(PER_DAY), values.get(ON_PIN))),
            new Blocks(AUDIT_DEFAULT.blocksPerReplicaPerDay(), AUDIT_DEFAULT.blocksOnPin()),
            "blocks that are fetched and hashed");
    private static final Field<Integer> PER_PROVIDER_DAY = optional(
            "perProviderPerDay",
            Scalars.integer(0, 1_000_000),
            AUDIT_DEFAULT.samplePerProviderPerDay(),
            "299 see one percent of silent loss within a day with 95 %");
    private static final Field<Integer> SAMPLE = optional(
            "sample",
            Shapes.object(
                    "auditSample", "Sample size.", List.of(PER_PROVIDER_DAY), values -> values.get(PER_PROVIDER_DAY)),
            AUDIT_DEFAULT.samplePerProviderPerDay(),
            "sample size");

    static final Field<Upkeep.Audit> AUDIT = optional(
            "audit",
            Shapes.object(
                    "audit",
                    "How copies are sampled.",
                    List.of(BLOCKS, SAMPLE),
                    values -> new Upkeep.Audit(
                            values.get(BLOCKS).perDay(), values.get(BLOCKS).onPin(), values.get(SAMPLE))),
            AUDIT_DEFAULT,
            "how copies are sampled");

    private static final Upkeep.Rollout ROLLOUT_DEFAULT = Upkeep.Rollout.DEFAULT;
    private static final Field<Integer> PERCENT =
            required("percent", Scalars.integer(1, 100), "percent of pins, chosen by hash of the CID");
    private static final Field<Duration> HOLD =
            optional("hold", Scalars.DURATION, Duration.ofDays(1), "how long the canary is watched");

    private record Canary(Ratio share, Duration hold) {}

    private static final Field<Canary> CANARY = optional(
            "canary",
            Shapes.object(
                    "canary",
                    "The pins a change is applied to first.",
                    List.of(PERCENT, HOLD),
                    values -> new Canary(new Ratio(values.get(PERCENT) * 10_000L), values.get(HOLD))),
            new Canary(ROLLOUT_DEFAULT.canary(), ROLLOUT_DEFAULT.hold()),
            "the pins a change is applied to first");
    private static final Field<Ratio> COST_INCREASE = optional(
            "costIncrease",
            Comparisons.moreThanShare(),
            ROLLOUT_DEFAULT.maxCostIncrease(),
            "cost may not rise by more");
    private static final Field<Ratio> DEGRADED = optional(
            "degradedPins",
            Comparisons.moreThanShare(),
            ROLLOUT_DEFAULT.maxDegradedPins(),
            "share of pins below target");
    private static final Field<Long> MOVED =
            optional("movedBytes", Comparisons.moreThanSize(), ROLLOUT_DEFAULT.maxMovedBytes(), "bytes that move");

    private record AbortIf(Ratio cost, Ratio degraded, long moved) {}

    private static final Field<AbortIf> ABORT_IF = optional(
            "abortIf",
            Shapes.object(
                    "abortIf",
                    "Plans that are refused.",
                    List.of(COST_INCREASE, DEGRADED, MOVED),
                    values -> new AbortIf(values.get(COST_INCREASE), values.get(DEGRADED), values.get(MOVED))),
            new AbortIf(
                    ROLLOUT_DEFAULT.maxCostIncrease(),
                    ROLLOUT_DEFAULT.maxDegradedPins(),
                    ROLLOUT_DEFAULT.maxMovedBytes()),
            "plans that are refused");

    static final Field<Upkeep.Rollout> ROLLOUT = optional(
            "rollout",
            Shapes.object(
                    "rollout",
                    "How a changed policy is applied. Nothing ever moves without a plan that was applied by its id.",
                    List.of(CANARY, ABORT_IF),
                    values -> new Upkeep.Rollout(
                            values.get(CANARY).share(),
                            values.get(CANARY).hold(),
                            values.get(ABORT_IF).cost(),
                            values.get(ABORT_IF).degraded(),
                            values.get(ABORT_IF).moved())),
            ROLLOUT_DEFAULT,
            "how a changed policy is applied");
}
