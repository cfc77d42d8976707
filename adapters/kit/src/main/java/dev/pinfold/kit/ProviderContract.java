package dev.pinfold.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.PinListing;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.Setting;
import dev.pinfold.spi.Sighting;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/**
 * What every provider adapter keeps: the rules of {@link Provider}, executable. An adapter's test extends this, says how
 * to make a {@link World}, and lists each rule it does not keep, by the name of the test, with the reason. What only
 * shows when calls go wrong is in {@link ProviderTroubleContract}.
 */
@Timeout(120)
public abstract class ProviderContract {
    /** A duration in which a call that is to end at once has surely ended, on a busy machine too. */
    static final Duration SURELY = Duration.ofSeconds(5);

    private World world;
    private Provider provider;
    private ContractSubject subject;

    /** For subclasses only; everything is made before each test. */
    @SuppressWarnings("NullAway.Init")
    protected ProviderContract() {}

    /** The factory under test. */
    protected abstract ProviderFactory factory();

    /** A fresh world, with a provider that nobody has used. */
    protected abstract World newWorld() throws Exception;

    /** The tests this adapter does not pass, by name, each with the reason. */
    protected Map<String, String> deviations() {
        return Map.of();
    }

    @BeforeEach
    final void open(TestInfo test) throws Exception {
        String name = test.getTestMethod().orElseThrow().getName();
        String reason = deviations().get(name);
        assumeTrue(reason == null, () -> "deviation from " + name + ": " + reason);
        world = newWorld();
        provider = world.open(factory());
        subject = new ContractSubject(provider, world);
    }

    @AfterEach
    final void close() {
        if (provider != null) {
            provider.close();
        }
        if (world != null) {
            world.close();
        }
    }

    /** The world of the running test. */
    protected final World world() {
        return world;
    }

    final Provider provider() {
        return provider;
    }

    final ContractSubject subject() {
        return subject;
    }

    final void needs(Capability... all) {
        for (Capability capability : all) {
            assumeTrue(subject.can(capability), () -> "this provider cannot do " + capability);
        }
    }

    final void needsOrders() {
        assumeTrue(
                subject.can(Capability.PIN_BY_CID) || subject.can(Capability.UPLOAD_CAR),
                "this provider takes neither CIDs nor uploads");
    }

    @Test
    void every_deviation_names_a_rule_and_has_a_reason() {
        Set<String> rules = new HashSet<>();
        for (Class<?> type = getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            for (var method : type.getDeclaredMethods()) {
                rules.add(method.getName());
            }
        }
        assertThat(rules).containsAll(deviations().keySet());
        assertThat(deviations().values())
                .allSatisfy(reason -> assertThat(reason).hasSizeGreaterThan(20));
    }

    @Test
    void the_factory_has_a_plain_type_and_explains_every_setting() {
        assertThat(factory().type()).matches("[a-z0-9-]+");
        Set<String> names = new HashSet<>();
        for (Setting setting : factory().settings()) {
            assertThat(setting.name()).matches("[a-z][A-Za-z0-9]*");
            assertThat(names.add(setting.name())).as("once: " + setting.name()).isTrue();
            assertThat(setting.meaning()).as(setting.name()).hasSizeGreaterThan(10);
            if (setting.required()) {
                assertThat(setting.defaultText()).as(setting.name()).isNull();
            }
        }
        assertThat(names).containsAll(world.config().settings().keySet());
    }

    @Test
    void the_factory_is_found_by_the_service_loader() {
        assertThat(ServiceLoader.load(ProviderFactory.class).stream()
                        .map(found -> found.get().type()))
                .contains(factory().type());
    }

    @Test
    void a_wrong_setting_is_refused_and_named() {
        world.wrongSettings().forEach((name, text) -> {
            ProviderConfig good = world.config();
            Map<String, String> settings = new HashMap<>(good.settings());
            settings.put(name, text);
            assertThatThrownBy(() -> factory()
                            .open(new ProviderConfig(good.id(), settings, good.dataDirectory()))
                            .close())
                    .as(name + " = " + text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name);
        });
    }

    @Test
    void opening_and_closing_do_not_contact_the_provider() {
        long before = world.contacts();
        world.open(factory()).close();
        assertThat(world.contacts()).isEqualTo(before);
    }

    @Test
    void capabilities_are_fixed_and_cannot_be_changed() {
        Set<Capability> said = provider.capabilities();
        assertThat(said).isNotEmpty().isEqualTo(provider.capabilities());
        assertThatThrownBy(() -> said.remove(said.iterator().next())).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void what_it_lacks_it_refuses_without_contact() {
        Dag dag = subject.dag();
        Order order = subject.order(dag.root());
        Map<Capability, ContractSubject.Call> calls = Map.of(
                Capability.PIN_BY_CID, d -> provider.pin(order, d),
                Capability.UPLOAD_CAR, d -> provider.upload(order, dag.carSource(), d),
                Capability.STATUS, d -> provider.observe(order.ref(), d),
                Capability.UNPIN, d -> provider.unpin(order.ref(), d),
                Capability.LIST, d -> provider.list(null, d),
                Capability.RETRIEVE_RAW, d -> provider.block(dag.root(), d),
                Capability.RETRIEVE_CAR, d -> provider.car(dag.root(), d).close(),
                Capability.RETRIEVE_PART,
                        d -> provider.part(dag.root(), "", 0, 1, d).close());
        long before = world.contacts();
        calls.forEach((capability, call) -> {
            if (!subject.can(capability)) {
                assertThat(subject.failureOf(call)).isEqualTo(new Failure.Unsupported(capability));
            }
        });
        assertThat(world.contacts()).isEqualTo(before);
    }

    @Test
    void a_probe_of_a_healthy_provider_passes_and_orders_nothing() {
        provider.probe(ContractSubject.soon());
        needs(Capability.LIST);
        assertThat(provider.list(null, ContractSubject.soon()).pins()).isEmpty();
    }

    @Test
    void an_order_by_cid_is_stored_once() {
        needs(Capability.PIN_BY_CID, Capability.STATUS);
        Dag dag = subject.dag();
        world.offer(dag);
        Order order = subject.order(dag.root());
        Sighting given = provider.pin(order, ContractSubject.soon());
        OrderRef ref = new OrderRef(order.key(), order.cid(), given.upstreamId());
        assertThat(subject.settled(ref).observation()).isInstanceOf(Observation.Stored.class);
        assertThat(world.held(dag.root())).isEqualTo(1);
    }

    @Test
    void an_upload_is_stored_once() {
        needs(Capability.UPLOAD_CAR, Capability.STATUS);
        Dag dag = subject.dag();
        Order order = subject.order(dag.root());
        Sighting given = provider.upload(order, dag.carSource(), ContractSubject.soon());
        OrderRef ref = new OrderRef(order.key(), order.cid(), given.upstreamId());
        assertThat(subject.settled(ref).observation()).isInstanceOf(Observation.Stored.class);
        assertThat(world.held(dag.root())).isEqualTo(1);
    }

    @Test
    void an_order_is_found_by_its_id_and_by_its_key() {
        needs(Capability.STATUS);
        needsOrders();
        OrderRef ref = subject.store(subject.dag());
        Sighting byKey = provider.observe(new OrderRef(ref.key(), ref.cid(), null), ContractSubject.soon());
        assertThat(byKey.observation()).isInstanceOf(Observation.Stored.class);
        assertThat(byKey.upstreamId()).isEqualTo(ref.upstreamId());
        assertThat(byKey.duplicates()).isEmpty();
    }

    @Test
    void an_order_never_given_is_not_claimed() {
        needs(Capability.STATUS);
        Sighting seen = provider.observe(subject.order(subject.dag().root()).ref(), ContractSubject.soon());
        assertThat(seen.observation()).isInstanceOfAny(Observation.Absent.class, Observation.Unknown.class);
        assertThat(seen.upstreamId()).isNull();
    }

    @Test
    void another_order_for_the_same_root_is_not_mistaken_for_this_one() {
        needs(Capability.STATUS);
        needsOrders();
        OrderRef held = subject.store(subject.dag());
        Sighting seen = provider.observe(subject.order(held.cid()).ref(), ContractSubject.soon());
        assertThat(seen.observation()).isInstanceOfAny(Observation.Absent.class, Observation.Unknown.class);
    }

    @Test
    void an_order_given_twice_shows_its_duplicates() {
        needs(Capability.STATUS);
        needsOrders();
        Dag dag = subject.dag();
        Order order = subject.order(dag.root());
        subject.give(order, dag, ContractSubject.soon());
        subject.give(order, dag, ContractSubject.soon());
        Sighting seen = subject.settled(order.ref());
        assertThat(seen.upstreamId()).isNotNull();
        assertThat(seen.duplicates()).doesNotContain(seen.upstreamId()).doesNotHaveDuplicates();
        assertThat(world.held(dag.root())).isEqualTo(1 + seen.duplicates().size());
        needs(Capability.UNPIN);
        for (String id : seen.duplicates()) {
            provider.unpin(new OrderRef(order.key(), order.cid(), id), ContractSubject.soon());
        }
        assertThat(world.held(dag.root())).isEqualTo(1);
        assertThat(subject.settled(order.ref()).observation()).isInstanceOf(Observation.Stored.class);
    }

    @Test
    void letting_go_works_and_can_be_repeated() {
        needs(Capability.UNPIN);
        needsOrders();
        OrderRef ref = subject.store(subject.dag());
        provider.unpin(ref, ContractSubject.soon());
        assertThat(world.held(ref.cid())).isZero();
        provider.unpin(ref, ContractSubject.soon());
        needs(Capability.STATUS);
        assertThat(provider.observe(ref, ContractSubject.soon()).observation())
                .isInstanceOfAny(Observation.Absent.class, Observation.Unknown.class);
    }

    @Test
    void letting_go_by_key_alone_works() {
        needs(Capability.UNPIN);
        needsOrders();
        OrderRef ref = subject.store(subject.dag());
        provider.unpin(new OrderRef(ref.key(), ref.cid(), null), ContractSubject.soon());
        assertThat(world.held(ref.cid())).isZero();
    }

    @Test
    void letting_go_of_what_was_never_ordered_does_nothing() {
        needs(Capability.UNPIN);
        needsOrders();
        OrderRef held = subject.store(subject.dag());
        provider.unpin(subject.order(subject.dag().root()).ref(), ContractSubject.soon());
        provider.unpin(subject.order(held.cid()).ref(), ContractSubject.soon());
        assertThat(world.held(held.cid())).isEqualTo(1);
    }

    @Test
    void letting_go_of_one_order_keeps_another_for_the_same_root() {
        needs(Capability.UNPIN, Capability.STATUS);
        needsOrders();
        Dag dag = subject.dag();
        OrderRef first = subject.store(dag);
        OrderRef second = subject.store(dag);
        provider.unpin(first, ContractSubject.soon());
        assertThat(world.held(dag.root())).isEqualTo(1);
        assertThat(provider.observe(second, ContractSubject.soon()).observation())
                .isInstanceOf(Observation.Stored.class);
    }

    @Test
    void a_page_that_begins_nowhere_is_refused_in_words_or_begins_somewhere() {
        needs(Capability.LIST);
        for (String nowhere : List.of("no page", "0;o;yesterday", "9;x;", "")) {
            try {
                assertThat(provider.list(nowhere, ContractSubject.soon()).pins())
                        .as("nothing is held")
                        .isEmpty();
            } catch (ProviderException e) {
                assertThat(e.failure()).isInstanceOf(Failure.InvalidOrder.class);
            }
        }
    }

    @Test
    void its_pages_show_everything_it_holds_and_end() {
        needs(Capability.LIST);
        needsOrders();
        Map<String, String> keyById = new HashMap<>();
        for (int i = 0; i < 23; i++) {
            OrderRef ref = subject.store(Dag.text("listed " + i));
            keyById.put(String.valueOf(ref.upstreamId()), ref.key());
        }
        Map<String, PinListing.ListedPin> seen = new HashMap<>();
        String next = null;
        int pages = 0;
        do {
            PinListing page = provider.list(next, ContractSubject.soon());
            page.pins().forEach(pin -> seen.put(pin.upstreamId(), pin));
            next = page.next();
            assertThat(++pages).as("pages").isLessThanOrEqualTo(60);
        } while (next != null);
        assertThat(seen.keySet()).containsExactlyInAnyOrderElementsOf(keyById.keySet());
        seen.forEach((id, pin) -> {
            assertThat(pin.orderKey()).isEqualTo(keyById.get(id));
            assertThat(pin.observation()).isInstanceOf(Observation.Stored.class);
            assertThat(Cid.parse(pin.cid())).isNotNull();
        });
    }

    @Test
    void every_block_of_what_it_stores_comes_back_unchanged() {
        needs(Capability.RETRIEVE_RAW);
        needsOrders();
        Dag dag = subject.dag();
        subject.store(dag);
        for (Block block : dag.blocks()) {
            assertThat(provider.block(block.cid(), ContractSubject.soon())).isEqualTo(block.bytes());
        }
    }

    @Test
    void a_car_of_what_it_stores_has_every_block_in_order() throws Exception {
        needs(Capability.RETRIEVE_CAR);
        needsOrders();
        Dag dag = subject.dag();
        subject.store(dag);
        try (InputStream car = provider.car(dag.root(), ContractSubject.soon())) {
            assertThat(Dag.readCar(car.readAllBytes())).isEqualTo(dag);
        }
    }

    @Test
    void what_it_does_not_have_is_not_found() {
        Cid missing = Dag.text("nowhere").root();
        if (subject.can(Capability.RETRIEVE_RAW)) {
            assertThat(subject.failureOf(d -> provider.block(missing, d))).isInstanceOf(Failure.NotFound.class);
        }
        if (subject.can(Capability.RETRIEVE_CAR)) {
            assertThat(subject.failureOf(d -> provider.car(missing, d).close())).isInstanceOf(Failure.NotFound.class);
        }
    }

    @Test
    void a_deadline_that_has_passed_has_no_effect() {
        needsOrders();
        Dag dag = subject.dag();
        Order order = subject.order(dag.root());
        Deadline passed = new Deadline(System.nanoTime() - 1);
        assertThat(subject.failureOf(d -> subject.give(order, dag, d), passed)).isInstanceOf(Failure.Unavailable.class);
        assertThat(subject.failureOf(provider::probe, passed)).isInstanceOf(Failure.Unavailable.class);
        assertThat(world.held(dag.root())).isZero();
    }

    @Test
    void many_threads_may_order_at_once() throws Exception {
        needs(Capability.STATUS);
        needsOrders();
        List<Callable<OrderRef>> orders = IntStream.range(0, 64)
                .mapToObj(i -> (Callable<OrderRef>) () -> subject.store(Dag.text("thread " + i)))
                .toList();
        List<OrderRef> refs = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            for (Future<OrderRef> done : threads.invokeAll(orders)) {
                refs.add(done.get());
            }
        }
        assertThat(refs).allSatisfy(ref -> assertThat(world.held(ref.cid())).isEqualTo(1));
        assertThat(refs.stream().map(OrderRef::upstreamId)).doesNotHaveDuplicates();
    }

    @Test
    void it_can_be_closed_twice_and_answers_no_more() {
        provider.close();
        provider.close();
        assertThat(subject.failureOf(provider::probe)).isInstanceOf(Failure.Unavailable.class);
    }

    @Test
    void it_does_not_show_its_secrets() {
        String shown = provider + " " + world.config() + " " + factory().settings();
        assertThat(world.secrets()).noneMatch(shown::contains);
    }
}
