package dev.pinfold.broker.gateway;

import dev.pinfold.broker.api.Shown;
import dev.pinfold.broker.retrieval.Want;
import dev.pinfold.broker.retrieval.Want.ByteRange;
import dev.pinfold.broker.retrieval.Want.Scope;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a CAR is wanted. What the query says wins over parameters of Accept (IPIP-0523). The order is always depth first,
 * which also is a right answer to {@code order=unk}.
 *
 * @param bytes {@code entity-bytes}; implies {@link Scope#ENTITY}
 * @param duplicates whether a block that is met twice is sent twice
 */
record CarParameters(Scope scope, Optional<ByteRange> bytes, boolean duplicates) {
    /** Everything, each block once. */
    static final CarParameters DEFAULT = new CarParameters(Scope.ALL, Optional.empty(), false);

    static CarParameters of(MultiMap query, Accept accept) {
        String version = oneOf(query, accept, "version");
        if (version != null && !version.equals("1")) {
            throw Refusal.notAcceptable("CAR version '" + Shown.of(version) + "' is not served; ask for version 1");
        }
        String order = oneOf(query, accept, "order");
        if (order != null && !order.equals("dfs") && !order.equals("unk")) {
            throw Refusal.bad("CAR order '" + Shown.of(order) + "' is not known; it is dfs or unk");
        }
        String dups = oneOf(query, accept, "dups");
        if (dups != null && !dups.equals("y") && !dups.equals("n")) {
            throw Refusal.bad("CAR dups '" + Shown.of(dups) + "' is not known; it is y or n");
        }
        Scope scope = scope(query.get("dag-scope"));
        String bytes = query.get("entity-bytes");
        Optional<ByteRange> range = bytes == null ? Optional.empty() : Optional.of(bytes(bytes));
        if (range.isPresent() && query.contains("dag-scope") && scope != Scope.ENTITY) {
            throw Refusal.bad("entity-bytes goes with dag-scope=entity, not with "
                    + scope.name().toLowerCase(Locale.ROOT));
        }
        return new CarParameters(range.isPresent() ? Scope.ENTITY : scope, range, "y".equals(dups));
    }

    private static @Nullable String oneOf(MultiMap query, Accept accept, String name) {
        String asked = query.get("car-" + name);
        return asked == null ? accept.parameter(Format.CAR, name).orElse(null) : asked;
    }

    private static Scope scope(@Nullable String text) {
        return switch (text) {
            case null -> Scope.ALL;
            case "all" -> Scope.ALL;
            case "entity" -> Scope.ENTITY;
            case "block" -> Scope.BLOCK;
            default -> throw Refusal.bad("dag-scope '" + Shown.of(text) + "' is not known; it is block, entity or all");
        };
    }

    /** Reads {@code from:to}: both inclusive, {@code *} for the end, negative ones counted from the end. */
    static ByteRange bytes(String text) {
        String[] ends = text.split(":", -1);
        if (ends.length != 2 || !ends[0].matches("-?[0-9]{1,18}") || !ends[1].matches("\\*|-?[0-9]{1,18}")) {
            throw Refusal.bad("entity-bytes '" + Shown.of(text) + "' is not from:to, such as 0:1023, 512:* or -1024:*");
        }
        long from = Long.parseLong(ends[0]);
        Optional<Long> to = ends[1].equals("*") ? Optional.empty() : Optional.of(Long.parseLong(ends[1]));
        boolean sameSide = to.isPresent() && (from < 0) == (to.get() < 0);
        if (sameSide && to.get() < from) {
            throw Refusal.bad("entity-bytes '" + Shown.of(text) + "' ends before it begins");
        }
        return new ByteRange(from, to);
    }

    /** The type of the answer, with all that is known about it. */
    String contentType() {
        return Format.CAR.type() + "; version=1; order=dfs; dups=" + (duplicates ? "y" : "n");
    }

    /** What tells this CAR of a target from others of it: a part of its ETag. */
    String tag(Want want) {
        String range = bytes.map(
                        b -> b.from() + "-" + b.to().map(String::valueOf).orElse("end"))
                .orElse("");
        String of = want.root() + "/" + want.path() + "|" + scope + "|" + range;
        return Integer.toHexString(of.hashCode()) + (duplicates ? ".dups" : "");
    }
}
