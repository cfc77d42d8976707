package dev.pinfold.broker.api;

import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.retrieval.RetrievalEvent;
import dev.pinfold.broker.retrieval.RetrievalLog;
import dev.pinfold.broker.retrieval.Story;
import dev.pinfold.broker.retrieval.Want;
import dev.pinfold.content.Cid;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/v1/retrievals[?cid=]}: how the last reads went: who was asked, who won, who failed and why. */
public final class RetrievalRoutes {
    private static final int MOST = 100;

    private final RetrievalLog log;
    private final Authenticator auth;

    public RetrievalRoutes(RetrievalLog log, Authenticator auth) {
        this.log = log;
        this.auth = auth;
    }

    public void mount(Router router) {
        router.get("/api/v1/retrievals").handler(auth.require(Scope.OPERATOR)).handler(this::list);
    }

    private void list(RoutingContext ctx) {
        String text = ctx.request().getParam("cid");
        Cid cid = text == null ? null : PinBodies.cid("the cid parameter", text);
        JsonArray all = new JsonArray();
        log.recent(cid, MOST).forEach(story -> all.add(json(story)));
        ctx.response()
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject().put("retrievals", all).toBuffer());
    }

    private static JsonObject json(Story story) {
        Want want = story.want();
        JsonObject bytes = new JsonObject();
        story.bytes().forEach((from, count) -> bytes.put(from.label(), count));
        JsonArray events = new JsonArray();
        story.events().forEach(entry -> events.add(json(entry)));
        return new JsonObject()
                .put("id", story.id())
                .put("cid", want.root().toString())
                .put("path", want.path())
                .put("scope", want.scope().name().toLowerCase(Locale.ROOT))
                .put("since", story.since().toString())
                .put("readers", story.readers())
                .put("ended", story.ended())
                .put("bytes", bytes)
                .put("events", events)
                .put("omittedEvents", story.omitted());
    }

    private static JsonObject json(Story.Entry entry) {
        RetrievalEvent event = entry.event();
        JsonObject shown = new JsonObject().put("atMs", millis(entry.at())).put("event", event.word());
        return switch (event) {
            case RetrievalEvent.Started e ->
                shown.put("source", e.source())
                        .put("why", e.why().name().toLowerCase(Locale.ROOT))
                        .put("block", e.block().toString());
            case RetrievalEvent.FirstByte e -> timed(shown, e.source(), e.after());
            case RetrievalEvent.Verified e -> timed(shown, e.source(), e.after());
            case RetrievalEvent.LostRace e -> timed(shown, e.source(), e.after());
            case RetrievalEvent.Failed e ->
                shown.put("source", e.source())
                        .put("outcome", e.outcome().label())
                        .put("detail", e.detail());
            case RetrievalEvent.FailedOver e ->
                shown.put("source", e.source())
                        .put("verifiedBytes", e.verifiedBytes())
                        .put("block", e.next().toString());
            case RetrievalEvent.Quarantined e -> shown.put("source", e.source()).put("detail", e.evidence());
            case RetrievalEvent.Doubted e -> shown.put("source", e.source()).put("detail", e.detail());
            case RetrievalEvent.Limited e -> shown.put("source", e.source()).put("detail", e.detail());
            case RetrievalEvent.PassedOver e -> shown.put("source", e.source()).put("detail", e.reason());
            case RetrievalEvent.Parked e -> shown.put("verifiedBytes", e.verifiedBytes());
            case RetrievalEvent.Finished e -> timed(shown, null, e.after()).put("bytes", e.bytes());
            case RetrievalEvent.GaveUp e ->
                shown.put("block", e.block().toString()).put("detail", e.reason());
        };
    }

    private static JsonObject timed(JsonObject shown, @Nullable String source, Duration after) {
        if (source != null) {
            shown.put("source", source);
        }
        return shown.put("ms", millis(after));
    }

    private static double millis(Duration duration) {
        return TimeUnit.NANOSECONDS.toMicros(duration.toNanos()) / 1000.0;
    }
}
