package dev.pinfold.broker.store;

import dev.pinfold.broker.store.PlacementStore.PinChange;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What decisions change of pins, in one statement for all of them. */
final class PinChanges {
    private PinChanges() {}

    // A decision that finds no place for hot copies takes the wish for cold ones not back: they may be all that is
    // left.
    static final String WRITE = """
            WITH said AS (
              SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[],
                $7::int[], $8::int[], $9::boolean[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[],
                $15::text[], $16::boolean[], $17::boolean[], $18::bigint[], $19::text[], $20::bigint[], $21::int[])
              AS u (id, status, info, delegates, plan, providers, ack, target, verified, revision, event, detail,
                move_to, replan, note, moved, degraded, size, rule, expires, keep_last)
            ), noted AS (
              INSERT INTO event (content, request_id, type, detail)
              SELECT pin.content, said.id, said.event, said.detail
              FROM said JOIN pin ON pin.request_id = said.id WHERE said.event IS NOT NULL
            )
            UPDATE pin SET status = said.status, info = said.info::jsonb, delegates = said.delegates::jsonb,
              plan = CASE
                WHEN pin.plan -> 'cold' IS NOT NULL AND said.plan::jsonb ->> 'feasible' = 'false'
                THEN jsonb_build_object('cold', pin.plan -> 'cold') || said.plan::jsonb
                ELSE coalesce(said.plan::jsonb, pin.plan) END,
              providers = CASE WHEN said.providers IS NULL THEN pin.providers ELSE string_to_array(said.providers, ',') END,
              goal_min = said.ack, goal_target = said.target, goal_verified = said.verified,
              policy_revision = coalesce(said.revision, pin.policy_revision),
              move_to = string_to_array(said.move_to, ','), replan = said.replan,
              replan_note = coalesce(said.note, pin.replan_note),
              replanned_at = CASE WHEN said.note IS NULL THEN pin.replanned_at ELSE now() END,
              moved_at = CASE WHEN said.moved THEN now() ELSE pin.moved_at END,
              degraded = said.degraded,
              decided_size = CASE WHEN said.plan IS NULL THEN pin.decided_size ELSE said.size END,
              rule = coalesce(said.rule, pin.rule),
              expires_at = coalesce(to_timestamp(said.expires / 1000.0), pin.expires_at),
              keep_last = coalesce(said.keep_last, pin.keep_last)
            FROM said WHERE pin.request_id = said.id
            """;

    static Tuple columns(List<PinChange> pins) {
        return Tuple.tuple()
                .addValue(pins.stream().map(PinChange::requestId).toArray(UUID[]::new))
                .addValue(pins.stream().map(p -> p.status().code()).toArray(Short[]::new))
                .addValue(texts(pins, p -> new JsonObject(new LinkedHashMap<>(p.info())).encode()))
                .addValue(texts(pins, p -> new JsonArray(p.delegates()).encode()))
                .addValue(texts(
                        pins, p -> p.decided() == null ? null : p.decided().json()))
                .addValue(texts(pins, p -> joined(p.providers())))
                .addValue(pins.stream().map(p -> p.goal().ack()).toArray(Integer[]::new))
                .addValue(pins.stream().map(p -> p.goal().target()).toArray(Integer[]::new))
                .addValue(pins.stream().map(p -> p.goal().verified()).toArray(Boolean[]::new))
                .addValue(numbers(
                        pins, p -> p.decided() == null ? null : p.decided().policyRevision()))
                .addValue(texts(pins, PinChange::event))
                .addValue(texts(pins, PinChange::eventDetail))
                .addValue(texts(pins, p -> joined(p.move().to())))
                .addValue(texts(pins, p -> p.move().replan()))
                .addValue(texts(pins, p -> p.move().note()))
                .addValue(pins.stream().map(p -> p.move().arrived()).toArray(Boolean[]::new))
                .addValue(pins.stream().map(PinChange::degraded).toArray(Boolean[]::new))
                .addValue(numbers(
                        pins, p -> p.decided() == null ? null : p.decided().sizeBytes()))
                .addValue(texts(
                        pins, p -> p.decided() == null ? null : p.decided().rule()))
                .addValue(numbers(pins, p -> {
                    Instant expires = p.decided() == null ? null : p.decided().expires();
                    return expires == null ? null : expires.toEpochMilli();
                }))
                .addValue(pins.stream()
                        .map(p -> p.decided() == null ? null : p.decided().keepLast())
                        .toArray(Integer[]::new));
    }

    private static @Nullable String joined(@Nullable List<String> words) {
        return words == null ? null : String.join(",", words);
    }

    private static @Nullable Long[] numbers(List<PinChange> pins, Function<PinChange, @Nullable Long> number) {
        @Nullable Long[] numbers = new @Nullable Long[pins.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number.apply(pins.get(i));
        }
        return numbers;
    }

    private static @Nullable String[] texts(List<PinChange> pins, Function<PinChange, @Nullable String> text) {
        @Nullable String[] texts = new @Nullable String[pins.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = text.apply(pins.get(i));
        }
        return texts;
    }
}
