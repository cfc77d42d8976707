package dev.pinfold.psa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.Block;
import dev.pinfold.content.unixfs.TreeWriter;
import dev.pinfold.content.unixfs.UnixFsOptions;
import dev.pinfold.kit.Call;
import dev.pinfold.kit.Company;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.GatewayManner;
import dev.pinfold.kit.Progress;
import dev.pinfold.kit.PsaFault;
import dev.pinfold.kit.PsaOperation;
import dev.pinfold.kit.Quirk;
import dev.pinfold.kit.RateLimitStyle;
import dev.pinfold.kit.ScriptedPsa;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.PinListing;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.Sighting;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each particularity that companies were seen with, and what the adapter makes of it. */
@Timeout(60)
class PsaQuirksTest {
    private static final String QUIC = "/ip4/192.0.2.7/udp/4001/quic-v1/p2p/12D3KooWQuic";
    private static final String TCP = "/ip4/192.0.2.7/tcp/4001/p2p/12D3KooWTcp";

    private final PsaWorld world = new PsaWorld(Company.STRICT, "generic");
    private final ScriptedPsa psa = world.psa();
    private Provider provider = new PsaProviderFactory().open(world.config());

    @AfterEach
    void close() {
        provider.close();
        world.close();
    }

    private void reopen(String... settings) {
        provider.close();
        for (int i = 0; i < settings.length; i += 2) {
            world.with(settings[i], settings[i + 1]);
        }
        provider = new PsaProviderFactory().open(world.config());
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    private static Order order(String key, String... origins) {
        return new Order(key, Dag.text(key).root(), List.of(origins), Map.of("tenant", "t1"), OptionalLong.empty());
    }

    private static Failure failure(ThrowingCallable call) {
        return org.assertj.core.api.Assertions.catchThrowableOfType(ProviderException.class, call)
                .failure();
    }

    /** Whatever a company does to its lists and answers, an order of ours is given once and found again. */
    @ParameterizedTest
    @EnumSource(
            value = Quirk.class,
            names = {"STATUS_FILTER_TAKES_ONE_VALUE", "LIMIT_AT_MOST_100", "PINNED_WITH_MISSING_BLOCKS"},
            mode = EnumSource.Mode.EXCLUDE)
    void an_order_is_found_again_by_its_key_with(Quirk quirk) {
        psa.progress(new Progress.Immediately());
        psa.quirks(EnumSet.of(quirk));
        for (int i = 0; i < 12; i++) {
            psa.plant(Dag.text("other " + i).root(), "someone else's", Map.of());
        }
        Order order = order("needle", TCP, QUIC);
        Sighting given = provider.pin(order, soon());
        Sighting found = provider.observe(order.ref(), soon());
        assertThat(found.observation()).isInstanceOf(Observation.Stored.class);
        assertThat(found.upstreamId()).isEqualTo(given.upstreamId()).isNotNull();
        assertThat(psa.pinsOf(order.cid())).hasSize(1);
        provider.unpin(new OrderRef("needle", order.cid(), given.upstreamId()), soon());
        provider.unpin(new OrderRef("needle", order.cid(), given.upstreamId()), soon());
        assertThat(psa.pinsOf(order.cid())).isEmpty();
    }

    @Test
    void a_company_that_takes_one_state_at_a_time_is_asked_for_each() {
        reopen("statusFilter", "each");
        psa.quirks(EnumSet.of(Quirk.STATUS_FILTER_TAKES_ONE_VALUE));
        psa.progress(new Progress.Never());
        Order order = order("waiting");
        provider.pin(order, soon());
        assertThat(provider.observe(order.ref(), soon()).observation()).isInstanceOf(Observation.Queued.class);
        assertThat(psa.calls().recent(PsaOperation.LIST).stream().map(Call::uri))
                .hasSize(4)
                .anyMatch(uri -> uri.contains("status=failed"));
    }

    @Test
    void a_smaller_page_size_can_be_set() {
        psa.quirks(EnumSet.of(Quirk.LIMIT_AT_MOST_100));
        assertThat(failure(() -> provider.list(null, soon()))).isInstanceOf(Failure.Rejected.class);
        reopen("pageSize", "100");
        assertThat(provider.list(null, soon()).pins()).isEmpty();
    }

    @Test
    void refused_origins_are_left_out_and_the_order_is_given_again_once() {
        psa.quirks(EnumSet.of(Quirk.REFUSES_ORIGINS));
        provider.pin(order("with-origins", TCP), soon());
        assertThat(psa.calls().recent(PsaOperation.ADD).stream().map(Call::status))
                .containsExactly(400, 202);
        assertThat(psa.pins())
                .singleElement()
                .satisfies(pin -> assertThat(pin.origins()).isEmpty());
    }

    @Test
    void an_order_refused_for_another_reason_is_not_given_again() {
        psa.faults().next(PsaOperation.ADD, 1, PsaFault.status(400, "BAD_REQUEST"));
        assertThat(failure(() -> provider.pin(order("refused", TCP), soon()))).isInstanceOf(Failure.Rejected.class);
        assertThat(psa.calls().count(PsaOperation.ADD)).isEqualTo(1);
    }

    @Test
    void pinata_gets_origins_of_plain_tcp_only() {
        reopen("preset", "pinata");
        psa.quirks(Company.PINATA.quirks());
        provider.pin(order("plain", QUIC, TCP), soon());
        assertThat(psa.calls().count(PsaOperation.ADD)).isEqualTo(1);
        assertThat(psa.pins())
                .singleElement()
                .satisfies(pin -> assertThat(pin.origins()).containsExactly(TCP));
    }

    @Test
    void pinata_gets_ten_pairs_of_metadata_with_the_key_among_them() {
        reopen("preset", "pinata");
        psa.quirks(Company.PINATA.quirks());
        Map<String, String> labels = new java.util.TreeMap<>();
        IntStream.range(0, 15).forEach(i -> labels.put("label" + (char) ('a' + i), "v"));
        Order order = new Order("many", Dag.text("many").root(), List.of(), labels, OptionalLong.empty());
        provider.pin(order, soon());
        assertThat(psa.pins())
                .singleElement()
                .satisfies(pin -> assertThat(pin.meta())
                        .hasSize(10)
                        .containsEntry(PsaRequests.ORDER_KEY, "many")
                        .containsKey("labela"));
    }

    @Test
    void more_than_twenty_origins_are_cut() {
        String[] origins = IntStream.range(0, 30)
                .mapToObj(i -> "/ip4/192.0.2." + i + "/tcp/4001")
                .toArray(String[]::new);
        provider.pin(order("many-origins", origins), soon());
        assertThat(psa.pins())
                .singleElement()
                .satisfies(pin -> assertThat(pin.origins()).hasSize(20));
    }

    @Test
    void the_key_travels_in_the_name_and_in_the_metadata() {
        provider.pin(order("k-1"), soon());
        assertThat(psa.pins()).singleElement().satisfies(pin -> {
            assertThat(pin.name()).isEqualTo("pinfold-k-1");
            assertThat(pin.meta()).containsEntry("pinfold_order", "k-1").containsEntry("tenant", "t1");
        });
    }

    @Test
    void a_pin_of_someone_else_has_no_key() {
        psa.plant(Dag.text("a").root(), "holiday photos", Map.of("app", "x"));
        psa.plant(Dag.text("b").root(), null, Map.of());
        assertThat(provider.list(null, soon()).pins())
                .extracting(PinListing.ListedPin::orderKey)
                .containsExactly(null, null);
    }

    @Test
    void what_a_list_does_not_show_is_unknown_and_not_absent() {
        psa.listLag(Duration.ofHours(1));
        Order order = order("hidden");
        Sighting given = provider.pin(order, soon());
        assertThat(provider.observe(order.ref(), soon()).observation()).isInstanceOf(Observation.Unknown.class);
        OrderRef byId = new OrderRef(order.key(), order.cid(), given.upstreamId());
        assertThat(provider.observe(byId, soon()).upstreamId()).isEqualTo(given.upstreamId());
    }

    @Test
    void a_known_id_that_is_gone_is_absent() {
        Order order = order("gone");
        String id = String.valueOf(provider.pin(order, soon()).upstreamId());
        psa.lose(id);
        OrderRef ref = new OrderRef(order.key(), order.cid(), id);
        assertThat(provider.observe(ref, soon()).observation()).isInstanceOf(Observation.Absent.class);
        psa.quirks(EnumSet.of(Quirk.UNKNOWN_GET_ANSWERS_456));
        assertThat(failure(() -> provider.observe(ref, soon()))).isInstanceOf(Failure.Rejected.class);
    }

    @Test
    void an_id_that_shows_another_root_is_unknown() {
        String id = psa.plant(Dag.text("theirs").root(), null, Map.of());
        OrderRef ref = new OrderRef("mine", Dag.text("mine").root(), id);
        assertThat(provider.observe(ref, soon()).observation()).isInstanceOf(Observation.Unknown.class);
    }

    @Test
    void a_company_that_pins_incompletely_has_not_stored() {
        psa.progress(new Progress.Immediately());
        psa.quirks(Company.FILECOIN_PIN.quirks());
        reopen("preset", "filecoin-pin");
        Order order = order("holes");
        assertThat(provider.pin(order, soon()).observation())
                .isInstanceOfSatisfying(
                        Observation.Failed.class,
                        failed -> assertThat(failed.failure().detail()).contains("missing blocks: 7"));
        assertThat(provider.capabilities()).doesNotContain(Capability.DELEGATES);
    }

    @Test
    void a_failed_pin_says_why() {
        psa.progress(new Progress.Fails("no peers\nfound"));
        assertThat(provider.pin(order("failing"), soon()).observation())
                .isInstanceOfSatisfying(
                        Observation.Failed.class,
                        failed -> assertThat(failed.failure().detail()).contains("no peers found"));
    }

    @Test
    void delegates_are_passed_on_where_there_are_any() {
        assertThat(provider.pin(order("delegated"), soon()).delegates())
                .singleElement()
                .asString()
                .contains("/p2p/");
        psa.quirks(EnumSet.of(Quirk.NULL_DELEGATES));
        assertThat(provider.pin(order("undelegated"), soon()).delegates()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(RateLimitStyle.class)
    void the_time_to_wait_is_read_from(RateLimitStyle style) {
        psa.faults().always(PsaOperation.LIST, new PsaFault.TooMany(style, Duration.ofSeconds(40)));
        Failure.RateLimited limited = (Failure.RateLimited) failure(() -> provider.probe(soon()));
        if (style == RateLimitStyle.BARE) {
            assertThat(limited.retryAfter()).isNull();
        } else {
            assertThat(limited.retryAfter()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(40));
        }
    }

    @Test
    void an_error_that_a_proxy_answers_after_the_order_was_taken_is_unknown() {
        for (int status : new int[] {500, 502, 503, 504, 524}) {
            psa.faults().next(PsaOperation.ADD, 1, PsaFault.statusAfterAccepting(status, "BAD_GATEWAY"));
            assertThat(failure(() -> provider.pin(order("proxy-" + status), soon())))
                    .as("status " + status)
                    .isInstanceOf(Failure.OutcomeUnknown.class);
        }
        assertThat(psa.pins()).hasSize(5);
    }

    @Test
    void a_right_answer_under_a_wrong_media_type_is_accepted() {
        psa.faults().everywhere(new PsaFault.MediaType("text/plain"));
        Order order = order("plain-text");
        assertThat(provider.pin(order, soon()).upstreamId()).isNotNull();
        assertThat(provider.observe(order.ref(), soon()).upstreamId()).isNotNull();
    }

    @Test
    void lost_replies_make_no_duplicate() {
        int orders = Boolean.getBoolean("pinfold.thorough") ? 1_000 : 200;
        psa.progress(new Progress.Immediately());
        psa.faults().sometimes(PsaOperation.ADD, 0.5, PsaFault.resetAfterAccepting());
        int lost = 0;
        for (int i = 0; i < orders; i++) {
            Order order = order("lossy-" + i);
            try {
                provider.pin(order, soon());
            } catch (ProviderException e) {
                assertThat(e.failure()).isInstanceOf(Failure.OutcomeUnknown.class);
                lost++;
                assertThat(provider.observe(order.ref(), soon()).observation()).isInstanceOf(Observation.Stored.class);
            }
        }
        assertThat(lost).isBetween(orders / 3, orders * 2 / 3);
        assertThat(psa.pins()).hasSize(orders);
        assertThat(psa.duplicates(pin -> pin.meta().get(PsaRequests.ORDER_KEY))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Quirk.class,
            names = {
                "COUNT_IS_PAGE",
                "COUNT_IS_PAGE_PLUS_ONE",
                "CREATED_IN_SECONDS",
                "CREATED_WITH_OFFSET",
                "LIST_WINDOW_INCLUSIVE",
                "NO_DEFAULT_STATUS",
                "REQUEST_ID_IN_CAMEL_CASE"
            })
    void pages_show_every_pin_of_a_burst_with(Quirk quirk) {
        psa.quirks(EnumSet.of(quirk));
        reopen("pageSize", "40");
        Set<String> planted = new HashSet<>();
        int burst = quirk == Quirk.CREATED_IN_SECONDS ? 35 : 130;
        IntStream.range(0, burst)
                .forEach(i -> planted.add(psa.plant(Dag.text("p" + i).root(), null, Map.of())));
        Set<String> seen = new HashSet<>();
        List<Integer> pages = new ArrayList<>();
        String next = null;
        do {
            PinListing page = provider.list(next, soon());
            page.pins().forEach(pin -> seen.add(pin.upstreamId()));
            pages.add(page.pins().size());
            next = page.next();
            assertThat(pages).hasSizeLessThan(30);
        } while (next != null);
        assertThat(seen).isEqualTo(planted);
    }

    @Test
    void a_gateway_that_breaks_off_or_serves_html_is_not_content() {
        psa.progress(new Progress.Immediately());
        Dag dag = Dag.file(3, 4, 50_000);
        world.offer(dag);
        psa.plant(dag.root(), null, Map.of());
        psa.gatewayManner(GatewayManner.SERVES_HTML);
        assertThat(failure(() -> provider.block(dag.root(), soon()))).isInstanceOf(Failure.ProtocolViolation.class);
        assertThat(failure(() -> provider.car(dag.root(), soon()))).isInstanceOf(Failure.ProtocolViolation.class);
        psa.gatewayManner(GatewayManner.BREAKS_OFF);
        assertThat(failure(() -> provider.block(dag.root(), soon()))).isInstanceOf(Failure.Unavailable.class);
        psa.gatewayManner(GatewayManner.SERVES_NOTHING);
        assertThat(failure(() -> provider.block(dag.root(), soon()))).isInstanceOf(Failure.NotFound.class);
    }

    @Test
    void a_gateway_that_ignores_the_format_serves_leaves_and_lacks_the_rest() {
        psa.progress(new Progress.Immediately());
        psa.gatewayManner(GatewayManner.IGNORES_FORMAT);
        for (Dag dag : List.of(Dag.file(3, 4, 50_000), Dag.file(4, 40, 100_000))) {
            world.offer(dag);
            psa.plant(dag.root(), null, Map.of());
            Block leaf = dag.blocks().getLast();
            assertThat(provider.block(leaf.cid(), soon())).isEqualTo(leaf.bytes());
            assertThat(failure(() -> provider.block(dag.root(), soon())))
                    .isInstanceOfSatisfying(Failure.Unsupported.class, failure -> {
                        assertThat(failure.capability()).isEqualTo(Capability.RETRIEVE_RAW);
                        assertThat(failure.detail()).contains("it ignores format=");
                    });
            assertThat(failure(() -> provider.car(dag.root(), soon())))
                    .isInstanceOfSatisfying(
                            Failure.Unsupported.class,
                            failure -> assertThat(failure.capability()).isEqualTo(Capability.RETRIEVE_CAR));
        }
    }

    /** Names as people give them: each must arrive as it is. */
    @ParameterizedTest
    @ValueSource(strings = {"plain.txt", "a b+c.txt", "100%.txt", "what?#&=;.txt", "größe/日本/é.txt", "~x/*'()!.bin"})
    void a_path_leads_to_the_beginning_of_a_file(String path) throws IOException {
        psa.progress(new Progress.Immediately());
        List<Block> blocks = new ArrayList<>();
        byte[] content = new byte[3000];
        new Random(path.hashCode()).nextBytes(content);
        TreeWriter tree = new TreeWriter(blocks::addFirst, new UnixFsOptions(1000, 174, 256 << 10, 256));
        tree.addFile(path, new ByteArrayInputStream(content));
        tree.addFile("beside/other.bin", new ByteArrayInputStream(new byte[] {1}));
        Dag dag = new Dag(tree.finish().cid(), blocks);
        world.offer(dag);
        psa.plant(dag.root(), null, Map.of());
        Dag part;
        try (InputStream in = provider.part(dag.root(), path, 0, 999, soon())) {
            part = Dag.readCar(in.readAllBytes());
        }
        int folders = path.split("/").length;
        assertThat(part.root()).isEqualTo(dag.root());
        assertThat(part.blocks()).hasSize(folders + 2);
        assertThat(part.blocks().getLast().bytes()).isEqualTo(Arrays.copyOf(content, 1000));
        assertThat(failure(() -> provider.part(dag.root(), path + ".not", 0, 999, soon())))
                .isInstanceOf(Failure.NotFound.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 406, 415, 501})
    void a_gateway_that_refuses_cars_serves_blocks_still(int status) {
        psa.faults().next(PsaOperation.CAR, 1, PsaFault.status(status, "no CARs here"));
        assertThat(failure(() -> provider.car(Dag.text("x").root(), soon())))
                .isInstanceOfSatisfying(Failure.Unsupported.class, failure -> {
                    assertThat(failure.capability()).isEqualTo(Capability.RETRIEVE_CAR);
                    assertThat(failure.detail()).contains("status " + status);
                });
        psa.faults().next(PsaOperation.BLOCK, 1, PsaFault.status(406, "no"));
        assertThat(failure(() -> provider.block(Dag.text("x").root(), soon()))).isInstanceOf(Failure.Rejected.class);
    }

    @Test
    void the_account_token_never_goes_to_the_gateway() {
        failure(() -> provider.block(Dag.text("x").root(), soon()));
        assertThat(psa.calls().recent(PsaOperation.BLOCK))
                .singleElement()
                .satisfies(call -> assertThat(call.authorization()).isEqualTo("Bearer s3cr3t-token-of-the-gateway"));
    }

    @Test
    void a_redirect_is_not_followed() {
        try (ScriptedPsa other = ScriptedPsa.start()) {
            psa.faults()
                    .everywhere(new PsaFault.Answer(307, Map.of("Location", other.endpoint() + "/pins"), "", false));
            assertThat(failure(() -> provider.probe(soon()))).isInstanceOf(Failure.ProtocolViolation.class);
            assertThat(failure(() -> provider.pin(order("elsewhere"), soon())))
                    .isInstanceOf(Failure.ProtocolViolation.class);
            assertThat(other.calls().total()).isZero();
        }
    }
}
