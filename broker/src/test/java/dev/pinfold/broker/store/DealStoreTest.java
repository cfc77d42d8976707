package dev.pinfold.broker.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.cold.Checkpoint;
import dev.pinfold.broker.cold.Deal;
import dev.pinfold.broker.cold.DealIntent;
import dev.pinfold.broker.cold.DealIntent.Reason;
import dev.pinfold.broker.cold.DealState;
import dev.pinfold.broker.cold.PieceNeed;
import dev.pinfold.broker.flow.SharedPostgres;
import dev.pinfold.broker.store.DealStore.Ordering;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceHasher;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealObservation.Proof;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealPiece;
import dev.pinfold.spi.deal.DealTerms;
import dev.pinfold.spi.deal.DealTrouble;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.PieceSource;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the database itself keeps from going wrong with deals. */
class DealStoreTest {
    private static final UUID OWNER = new UUID(0, 1);
    private static final AttoFil PLENTY = AttoFil.ofCoins("1000");
    private static final Duration LEASE = Duration.ofMinutes(1);

    @TempDir
    static Path folder;

    private static Vertx vertx;
    private static Database database;
    private static DealStore store;
    private static DealPieces dealPieces;
    private static int pieces;

    @BeforeAll
    static void open() {
        vertx = DatabaseFixture.vertx();
        database = Database.open(
                vertx, new DatabaseConfig(SharedPostgres.freshDatabase(), folder, 4, 2, DatabaseFixture.SMALL_RESERVE));
        store = new DealStore(database, OWNER);
        dealPieces = new DealPieces(database, OWNER, store);
    }

    @AfterAll
    static void close() {
        database.close();
        vertx.close().await();
    }

    private record Made(long id, Piece piece, Cid root) {}

    /** A sealed piece that this broker keeps, with one content that is wanted. */
    private static Made piece() {
        byte[] car = ("piece " + ++pieces + " ".repeat(200)).getBytes(StandardCharsets.UTF_8);
        PieceHasher hasher = PieceHasher.sequential();
        hasher.update(car, 0, car.length);
        Piece piece = hasher.finish();
        Cid root = Block.of(Codec.RAW, car).cid();
        long id = database.await(database.writes()
                        .preparedQuery("""
                                INSERT INTO piece (state, class, copies, commitment, padded_bytes, car_bytes, root, keeper, deals_due_at)
                                VALUES ('sealed', 'archive', 2, $1, $2, $3, $4, $5, now()) RETURNING id
                                """)
                        .execute(Tuple.of(
                                        Buffer.buffer(piece.commitment().bytes()),
                                        piece.size().padded(),
                                        piece.payload())
                                .addValue(root.toString())
                                .addValue(OWNER)))
                .iterator()
                .next()
                .getLong(0);
        database.await(database.writes()
                .preparedQuery(
                        "INSERT INTO piece_entry (content, piece_id, bytes, car_offset, car_length) VALUES ($1, $2, 9, 1, 9)")
                .execute(Tuple.of(root.canonical(), id)));
        return new Made(id, piece, root);
    }

    private static DealIntent intent(Made made, int slot, String maker, String provider, String price) {
        UUID id = UUID.randomUUID();
        DealOrder order = new DealOrder(
                id.toString(),
                id,
                DealMode.MK12,
                "f1wallet",
                provider,
                new DealPiece(
                        made.piece().cidV1(), made.piece().size(), made.piece().payload(), made.root()),
                new DealTerms(new Epoch(1_000), new Epoch(1_010), AttoFil.parse(price), AttoFil.of(7), false, true),
                new PieceSource(URI.create("http://broker.example/piece/x"), Map.of()));
        return new DealIntent(made.id(), slot, Reason.COPY, null, maker, order);
    }

    private static Ordering order(DealIntent intent, AttoFil most) {
        return store.order(intent, intent.order().key().getBytes(StandardCharsets.UTF_8), most);
    }

    @Test
    void a_deal_is_read_back_as_it_was_written() {
        Made made = piece();
        DealIntent intent = intent(made, 1, "back", "f01", "123456789012345678901234567890");
        assertThat(order(intent, new AttoFil(java.math.BigInteger.TEN.pow(35)))).isEqualTo(new Ordering.Ordered());
        Deal claimed = store.claim(List.of("back"), 9, LEASE).getFirst();
        assertThat(claimed.intent()).isEqualTo(intent);
        assertThat(claimed.checkpoint()).isEqualTo(Checkpoint.FIRST);
        assertThat(claimed.wanted()).isTrue();
        assertThat(claimed.pieceCid()).isEqualTo(made.piece().cidV2());
        Checkpoint far = new Checkpoint(
                DealState.ACTIVE,
                new DealIds(
                        "bafyproposal",
                        "bafymessage",
                        OptionalLong.of(5),
                        OptionalLong.of(6),
                        "prep",
                        made.root(),
                        made.piece().cidV1()),
                new Epoch(11),
                new Epoch(22),
                OptionalLong.of(33),
                Proof.PROVIDER_SAYS,
                new Epoch(44),
                DealTrouble.NOT_ACCEPTING,
                "said",
                3,
                4,
                true);
        assertThat(store.record(claimed, far, null)).isTrue();
        Deal read = store.ofPiece(made.id()).getFirst();
        assertThat(read.checkpoint()).isEqualTo(far);
        assertThat(read.intent()).isEqualTo(intent);
        assertThat(read.seenAt()).isNotNull();
    }

    @Test
    void two_live_deals_with_one_storage_provider_or_for_one_copy_cannot_be_written_down() {
        Made made = piece();
        assertThat(order(intent(made, 0, "m", "f01", "1"), PLENTY)).isEqualTo(new Ordering.Ordered());
        assertThat(order(intent(made, 1, "m", "f01", "1"), PLENTY)).isEqualTo(new Ordering.Taken());
        assertThat(order(intent(made, 0, "m", "f02", "1"), PLENTY)).isEqualTo(new Ordering.Taken());
        assertThat(order(intent(made, 1, "m", "f02", "1"), PLENTY)).isEqualTo(new Ordering.Ordered());
        assertThat(store.ofPiece(made.id())).hasSize(2);
    }

    @Test
    void a_deal_that_ends_makes_room_for_another_with_the_same_storage_provider() {
        Made made = piece();
        order(intent(made, 0, "room", "f01", "1"), PLENTY);
        Deal deal = store.claim(List.of("room"), 9, LEASE).getFirst();
        store.record(deal, deal.checkpoint().in(DealState.ENDING), Duration.ZERO);
        assertThat(order(intent(made, 0, "room", "f01", "1"), PLENTY)).isEqualTo(new Ordering.Ordered());
    }

    @Test
    void brokers_that_order_at_the_same_moment_never_spend_more_than_the_month_allows() throws Exception {
        List<Callable<Ordering>> orders = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            DealIntent intent = intent(piece(), 0, "purse", "f0" + (i + 1), "10");
            orders.add(() -> order(intent, AttoFil.of(500)));
        }
        List<Ordering> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Ordering> answer : threads.invokeAll(orders)) {
                answers.add(answer.get());
            }
        }
        assertThat(answers).filteredOn(a -> a instanceof Ordering.Ordered).hasSize(5);
        assertThat(answers).filteredOn(a -> a instanceof Ordering.TooDear).hasSize(7);
        assertThat(store.spentThisMonth("purse")).isEqualTo(AttoFil.of(500));
    }

    @Test
    void what_a_deal_that_failed_would_have_cost_may_be_spent_again() {
        order(intent(piece(), 0, "again", "f01", "10"), AttoFil.of(100));
        assertThat(order(intent(piece(), 0, "again", "f01", "10"), AttoFil.of(100)))
                .isEqualTo(new Ordering.TooDear(AttoFil.of(100)));
        Deal deal = store.claim(List.of("again"), 9, LEASE).getFirst();
        store.record(deal, deal.checkpoint().failed(DealTrouble.PRICE, "too low"), null);
        assertThat(order(intent(piece(), 0, "again", "f01", "10"), AttoFil.of(100)))
                .isEqualTo(new Ordering.Ordered());
    }

    @Test
    void who_lost_the_lease_records_nothing() {
        order(intent(piece(), 0, "lease", "f01", "1"), PLENTY);
        Deal first = store.claim(List.of("lease"), 9, Duration.ZERO).getFirst();
        Deal second = store.claim(List.of("lease"), 9, LEASE).getFirst();
        assertThat(store.hold(first, first.checkpoint().in(DealState.PREPARED))).isFalse();
        assertThat(store.record(first, first.checkpoint().in(DealState.PREPARED), Duration.ZERO))
                .isFalse();
        assertThat(store.hold(second, second.checkpoint().in(DealState.PREPARED)))
                .isTrue();
        assertThat(store.claim(List.of("lease"), 9, LEASE)).isEmpty();
    }

    @Test
    void only_the_broker_that_keeps_the_file_takes_the_steps_that_need_it() {
        DealStore other = new DealStore(database, new UUID(0, 2));
        order(intent(piece(), 0, "file", "f01", "1"), PLENTY);
        assertThat(other.claim(List.of("file"), 9, LEASE)).isEmpty();
        Deal deal = store.claim(List.of("file"), 9, LEASE).getFirst();
        store.record(deal, deal.checkpoint().in(DealState.ACCEPTED), Duration.ZERO);
        assertThat(other.claim(List.of("file"), 9, LEASE)).hasSize(1);
    }

    @Test
    void a_piece_is_looked_at_when_it_is_sealed_and_when_a_deal_of_it_changes() {
        Made made = piece();
        PieceNeed need = needOf(made);
        assertThat(need.copies()).isEqualTo(2);
        assertThat(need.wanted()).isTrue();
        assertThat(need.deals()).isEmpty();
        order(intent(made, 0, "look", "f01", "1"), PLENTY);
        dealPieces.settled(need, null, null);
        Deal deal = store.claim(List.of("look"), 9, LEASE).getFirst();
        store.record(deal, deal.checkpoint().failed(DealTrouble.OTHER, "no"), null);
        assertThat(needOf(made).deals()).hasSize(1);
    }

    @Test
    void what_a_piece_lacks_is_news_once() {
        Made made = piece();
        assertThat(dealPieces.settled(needOf(made), Duration.ZERO, "too small")).isTrue();
        assertThat(dealPieces.settled(needOf(made), Duration.ZERO, "too small")).isFalse();
        assertThat(dealPieces.settled(needOf(made), Duration.ZERO, "too dear")).isTrue();
        assertThat(dealPieces.settled(needOf(made), Duration.ZERO, null)).isTrue();
    }

    /** Settles all that is due until this piece comes. */
    private static PieceNeed needOf(Made made) {
        for (PieceNeed need = dealPieces.claim(LEASE); need != null; need = dealPieces.claim(LEASE)) {
            if (need.id() == made.id()) {
                return need;
            }
            dealPieces.settled(need, null, null);
        }
        throw new AssertionError("the piece is not due");
    }

    @Test
    void the_token_of_a_deal_opens_its_piece_until_the_deal_is_over() {
        Made made = piece();
        DealIntent intent = intent(made, 0, "token", "f01", "1");
        order(intent, PLENTY);
        byte[] hash = intent.order().key().getBytes(StandardCharsets.UTF_8);
        PieceDetails details = new PieceDetails(database.reads());
        assertThat(database.await(details.fetchable(made.piece().commitment(), hash))
                        .orElseThrow()
                        .granted())
                .isTrue();
        Deal deal = store.claim(List.of("token"), 9, LEASE).getFirst();
        store.record(deal, deal.checkpoint().in(DealState.WITHDRAWN), null);
        assertThat(database.await(details.fetchable(made.piece().commitment(), hash))
                        .orElseThrow()
                        .granted())
                .isFalse();
    }

    @Test
    void lists_are_paged_from_the_newest_on() {
        Made made = piece();
        for (int i = 0; i < 2; i++) {
            order(intent(made, i, "page", "f0" + (i + 1), "1"), PLENTY);
        }
        DealLists lists = new DealLists(database.reads());
        DealLists.Filter ofPiece = new DealLists.Filter(null, made.id(), null, null);
        List<Deal> first = database.await(lists.list(ofPiece, null, 1));
        List<Deal> second = database.await(lists.list(ofPiece, first.getFirst().id(), 1));
        assertThat(List.of(first.getFirst(), second.getFirst()))
                .extracting(Deal::id)
                .containsExactlyElementsOf(database.await(lists.list(ofPiece, null, 9)).stream()
                        .map(Deal::id)
                        .toList());
        assertThat(database.await(lists.list(ofPiece, second.getFirst().id(), 1)))
                .isEmpty();
        DealLists.Filter byContent =
                new DealLists.Filter(DealState.ORDERED, null, "f02", made.root().canonical());
        assertThat(database.await(lists.list(byContent, null, 9))).hasSize(1);
        assertThat(database.await(lists.one(first.getFirst().id()))).contains(first.getFirst());
    }
}
