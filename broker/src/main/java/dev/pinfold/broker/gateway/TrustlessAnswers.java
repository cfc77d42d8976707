package dev.pinfold.broker.gateway;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.retrieval.Want;
import dev.pinfold.content.Cid;
import dev.pinfold.content.car.CarHeader;
import dev.pinfold.content.unixfs.DagSelection;
import dev.pinfold.content.unixfs.Extent;
import dev.pinfold.content.unixfs.PathWalk;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Answers that readers verify themselves: one block, or a CAR. Source: trustless gateway specification. */
final class TrustlessAnswers {
    private final Reading reading;
    private final PathWalk.End end;
    private final String roots;

    TrustlessAnswers(Reading reading, PathWalk.End end) {
        this.reading = reading;
        this.end = end;
        this.roots = end.cids().stream().map(Cid::toString).collect(Collectors.joining(","));
    }

    void raw() throws IOException {
        requireWholePath();
        Cid cid = end.target();
        block(cid, "\"" + cid + ".raw\"", Format.RAW.type(), disposition("bin"));
    }

    private void requireWholePath() {
        if (!end.rest().isEmpty()) {
            throw new BrokerException(
                    ErrorKind.NOT_IMPLEMENTED,
                    "the path ends inside block " + end.target()
                            + "; values other than links are not served by themselves, ask for the block");
        }
    }

    /** One block as it is, or a part of it. */
    void block(Cid cid, String etag, String type, String disposition) throws IOException {
        requireWholePath();
        BlockOutlet outlet = reading.outlet();
        outlet.take(cid);
        Map<String, String> headers = reading.headers(roots, etag);
        if (reading.notModified(headers, etag)) {
            return;
        }
        headers.put("Content-Type", type);
        headers.put("Content-Disposition", disposition);
        headers.put("Accept-Ranges", "bytes");
        int size = outlet.size();
        GatewayRequest request = reading.request();
        if (request.head()) {
            reading.reply().finishWithoutBody(200, headers, size);
            return;
        }
        boolean ranged = Etag.allowsRange(request.headers().ifRange(), etag);
        Optional<ByteSpan> span = ByteSpan.of(ranged ? request.headers().range() : null, size);
        span.ifPresent(part -> headers.put("Content-Range", part.contentRange()));
        ByteSpan part = span.orElse(new ByteSpan(0, size, size));
        reading.reply().start(span.isPresent() ? 206 : 200, headers, part.length());
        outlet.bytes((int) part.from(), (int) part.to());
        reading.reply().finish();
    }

    /**
     * The blocks that prove the path, then those that were asked for.
     *
     * @param way the blocks that were read on the way to the path's end
     */
    void car(Want want, List<Cid> way) throws IOException {
        CarParameters wanted = reading.request().car();
        Cid target = end.target();
        String etag = "\"" + target + ".car." + wanted.tag(want) + "\"";
        BlockOutlet outlet = reading.outlet();
        DagSelection selection =
                new DagSelection(reading.source(), target, extent(wanted), reading.dagLimits(), wanted.duplicates());
        // Before the head: content that is not there is a 404, not a broken CAR.
        boolean there = outlet.take(selection);
        Map<String, String> headers = reading.headers(roots, etag);
        if (reading.notModified(headers, etag)) {
            return;
        }
        headers.put("Content-Type", wanted.contentType());
        headers.put("Content-Disposition", disposition("car"));
        headers.put("Accept-Ranges", "none");
        Reply reply = reading.reply();
        if (reading.request().head()) {
            reply.finishWithoutBody(200, headers, -1);
            return;
        }
        reply.start(200, headers, -1);
        reply.write(CarHeader.of(List.of(target)).bytes());
        BlockOutlet before = reading.outlet();
        for (Cid cid : way) {
            before.take(cid);
            before.section();
        }
        while (there) {
            outlet.section();
            there = outlet.take(selection);
        }
        reply.finish();
    }

    private static Extent extent(CarParameters wanted) {
        return wanted.bytes()
                .<Extent>map(bytes -> new Extent.Bytes(
                        bytes.from(), bytes.to().map(OptionalLong::of).orElse(OptionalLong.empty())))
                .orElseGet(() -> switch (wanted.scope()) {
                    case BLOCK -> new Extent.OneBlock();
                    case ENTITY -> new Extent.Entity();
                    case ALL -> new Extent.Everything();
                });
    }

    private String disposition(String ending) {
        String filename = reading.request().filename();
        return Names.disposition("attachment", filename == null ? end.target() + "." + ending : filename);
    }
}
