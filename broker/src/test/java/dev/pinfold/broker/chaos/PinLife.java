package dev.pinfold.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.chaos.KillPoint.AtCall;
import dev.pinfold.broker.chaos.KillPoint.AtStatement;
import dev.pinfold.broker.chaos.KillPoint.Statement;
import dev.pinfold.broker.chaos.KillableBroker.Address;
import dev.pinfold.broker.chaos.PinClient.Reply;
import dev.pinfold.broker.flow.SharedPostgres;
import dev.pinfold.content.Cid;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.PsaOperation;
import dev.pinfold.kit.ScriptedPsa;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Leads pins through their lives at two companies, with a broker that is killed at a chosen moment and started again. */
final class PinLife implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int COPIES = 2;

    private final Path folder;
    private final Upstreams upstreams = new Upstreams(COPIES, 1);
    private final PinClient client = new PinClient();
    private final Trigger<Statement> trigger = new Trigger<>(Statement::of, this::kill);
    private final SqlProxy proxy;
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    private final Pool database;
    private volatile KillableBroker broker;
    private int lives;
    private boolean killedAtCall;

    PinLife(Path folder) throws IOException {
        this.folder = folder;
        PgConnectOptions direct = PgConnectOptions.fromUri(SharedPostgres.freshDatabase());
        database = PgBuilder.pool().connectingTo(direct).using(vertx).build();
        proxy = new SqlProxy(Path.of(direct.getHost()), (link, sql, values) -> sql, trigger);
        Path url = Files.writeString(
                folder.resolve("database.url"),
                "postgresql://%s:%s@127.0.0.1:%d/%s"
                        .formatted(direct.getUser(), direct.getPassword(), proxy.port(), direct.getDatabase()));
        upstreams.configure(folder, "database: {url: {file: " + url + "}}");
        broker = KillableBroker.start(folder);
        broker.awaitReady();
    }

    private void kill() {
        broker.kill();
    }

    /** One life without a kill; answers how often each statement had an effect in it. */
    Map<Statement, Integer> undisturbed() throws IOException {
        trigger.arm(null);
        live(null);
        return trigger.counted();
    }

    /** One life with a kill; answers whether the moment came. */
    boolean killedAt(KillPoint<Statement> point) throws IOException {
        switch (point) {
            case AtStatement<Statement> statement -> {
                trigger.arm(statement);
                live(null);
                return trigger.fired();
            }
            case AtCall call -> {
                trigger.arm(null);
                killedAtCall = false;
                // The second company answers an order with "queued", so that it is also looked at.
                ScriptedPsa company = upstreams.all().getLast();
                company.faults().next(call.operation(), 1, call.effect().fault());
                live(call.operation());
                company.faults().clear();
                return killedAtCall;
            }
        }
    }

    private void live(@Nullable PsaOperation deadly) throws IOException {
        int number = ++lives;
        Dag dag = Dag.text("the content of life " + number);
        upstreams.network().offer(dag);
        ScriptedPsa company = upstreams.all().getLast();
        long calls = deadly == null ? 0 : company.calls().count(deadly);
        Watch watch = new Watch(deadly, company, calls);
        String id = add(dag.root(), number, watch);
        until("it is pinned with all copies", watch, at -> {
            Reply reply = client.get(at, id);
            assertThat(reply.status()).as("%s", reply).isIn(200, 500, 503);
            if (reply.status() != 200 || !PinClient.shown(reply.json()).status().equals("pinned")) {
                return false;
            }
            assertThat(upstreams.holding(dag.root())).isEqualTo(COPIES);
            return "2".equals(PinClient.shown(reply.json()).info().get("pinfold_verified"));
        });
        boolean[] repeated = {false};
        until("it is deleted", watch, at -> {
            boolean again = repeated[0];
            repeated[0] = true;
            int status = client.delete(at, id).status();
            return status == 202 || (again && status == 404);
        });
        until("nothing is left of it", watch, at -> upstreams.holding(dag.root()) == 0 && rows(dag.root()) == 0);
        for (ScriptedPsa each : upstreams.all()) {
            assertThat(each.pinsOf(dag.root())).as("left at " + each.name()).isEmpty();
            assertThat(each.everCreated().stream()
                            .filter(pin -> Cid.parse(pin.cid()).equals(dag.root())))
                    .as("orders that %s carried out", each.name())
                    .hasSize(1);
        }
    }

    private String add(Cid cid, int number, Watch watch) {
        String[] id = {""};
        until("it is added", watch, at -> {
            Reply reply = client.add(at, cid.toString(), "life-" + number, "key-" + number);
            assertThat(reply.status()).as("%s", reply).isIn(202, 500, 503);
            if (reply.status() == 202) {
                id[0] = PinClient.shown(reply.json()).id();
            }
            return reply.status() == 202;
        });
        return id[0];
    }

    private interface Step {
        boolean done(Address at) throws IOException;
    }

    /** The call under which the broker is to die. */
    private record Watch(@Nullable PsaOperation deadly, ScriptedPsa company, long before) {
        boolean due() {
            return deadly != null && company.calls().count(deadly) > before;
        }
    }

    private void until(String what, Watch watch, Step step) {
        Eventually.holds(() -> what + " (life " + lives + ")\n" + broker.logTail(), LIMIT, () -> {
            try {
                if (watch.due() && !killedAtCall) {
                    killedAtCall = true;
                    kill();
                }
                if (!broker.isAlive()) {
                    broker = KillableBroker.start(folder);
                    broker.awaitReady();
                }
                return step.done(broker.awaitReady());
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** Rows that the database still has of a content. */
    private long rows(Cid cid) {
        try {
            Row row = database.preparedQuery("SELECT (SELECT count(*) FROM content WHERE cid = $1)"
                            + " + (SELECT count(*) FROM replica WHERE content = $1)")
                    .execute(Tuple.of(cid.canonical()))
                    .await(20, TimeUnit.SECONDS)
                    .iterator()
                    .next();
            return row.getLong(0);
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        broker.close();
        proxy.close();
        upstreams.close();
        client.close();
        database.close().await();
        vertx.close().await();
    }
}
