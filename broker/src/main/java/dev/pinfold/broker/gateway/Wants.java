package dev.pinfold.broker.gateway;

import dev.pinfold.broker.retrieval.Want;
import dev.pinfold.broker.retrieval.Want.ByteRange;
import dev.pinfold.broker.retrieval.Want.Scope;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a request will read, as far as it can be known before anything is read. */
final class Wants {
    private static final Pattern RANGE = Pattern.compile("bytes=(?:([0-9]{1,18})-([0-9]{1,18})?|-([0-9]{1,18}))");

    private Wants() {}

    /** Exactly what will be read, so that sources are asked for no more. */
    static Want of(GatewayRequest request) {
        return switch (request.format()) {
            case RAW -> new Want(request.root(), request.path(), Scope.BLOCK, Optional.empty());
            case CAR ->
                new Want(
                        request.root(),
                        request.path(),
                        request.car().scope(),
                        request.car().bytes());
            case NATIVE, DAG_JSON, DAG_CBOR, JSON, CBOR, TAR, IPNS_RECORD ->
                new Want(request.root(), request.path(), Scope.ENTITY, bytes(request));
        };
    }

    private static Optional<ByteRange> bytes(GatewayRequest request) {
        if (request.head()) {
            return Optional.of(new ByteRange(0, Optional.of(ContentTypes.LOOKED_AT - 1L)));
        }
        String range = request.headers().range();
        Matcher matcher = RANGE.matcher(range == null ? "" : range);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        if (matcher.group(3) != null) {
            return Optional.of(new ByteRange(-Long.parseLong(matcher.group(3)), Optional.empty()));
        }
        Optional<Long> to = Optional.ofNullable(matcher.group(2)).map(Long::parseLong);
        return Optional.of(new ByteRange(Long.parseLong(matcher.group(1)), to));
    }
}
