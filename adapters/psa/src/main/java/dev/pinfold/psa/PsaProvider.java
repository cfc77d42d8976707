package dev.pinfold.psa;

import dev.pinfold.content.Cid;
import dev.pinfold.http.HttpAnswer;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.Wire;
import dev.pinfold.http.WireException;
import dev.pinfold.psa.HttpAsk.Purpose;
import dev.pinfold.psa.Preset.OriginsPolicy;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.PinListing;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.Sighting;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One account at a company that speaks the Pinning Service API. It asks ({@link PsaRequests}), sends ({@link Wire}) and
 * says what the answer means ({@link PsaAnswers}); it keeps no state and decides nothing.
 *
 * <p>An order's key travels in the pin's name and metadata. An order whose reply was lost is searched by its CID in all
 * four states and recognised by the key. A list proves no absence: only 404 on a known id does.
 */
final class PsaProvider implements Provider {
    /** A search shows one root's pins; an account with more pages of them than this is beyond searching in one call. */
    private static final int MOST_SEARCH_PAGES = 20;

    /** Nobody caps pages lower than this, so a shorter page is the last one of a search. */
    private static final int SHORT_PAGE = 10;

    private final PsaSettings settings;
    private final SafeWords words;
    private final PsaRequests requests;
    private final PsaAnswers answers;
    private final Wire wire;
    private final Set<Capability> capabilities;

    PsaProvider(PsaSettings settings) {
        this.settings = settings;
        words = new SafeWords(settings.id(), settings.secrets());
        requests = new PsaRequests(settings);
        answers = new PsaAnswers(settings, requests, words, InstantSource.system());
        wire = new Wire(settings.connectTimeout(), settings.stallTimeout());
        EnumSet<Capability> can =
                EnumSet.of(Capability.PIN_BY_CID, Capability.STATUS, Capability.LIST, Capability.UNPIN);
        if (settings.origins() != OriginsPolicy.NONE) {
            can.add(Capability.ORIGINS);
        }
        if (settings.delegates()) {
            can.add(Capability.DELEGATES);
        }
        if (settings.gateway() != null) {
            can.add(Capability.RETRIEVE_RAW);
            can.add(Capability.RETRIEVE_CAR);
            can.add(Capability.RETRIEVE_PART);
        }
        capabilities = Collections.unmodifiableSet(can);
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public void probe(Deadline deadline) {
        answers.page(send(requests.probe(), deadline));
    }

    @Override
    public Sighting pin(Order order, Deadline deadline) {
        boolean withOrigins = !requests.origins(order).isEmpty();
        HttpAnswer answer = sendOrder(order, withOrigins, deadline);
        if (withOrigins && PsaAnswers.originsRefused(answer)) {
            // A refused order had no effect, so giving it again without origins is safe.
            answer = sendOrder(order, false, deadline);
        }
        return answers.added(order, answer);
    }

    @Override
    public Sighting observe(OrderRef ref, Deadline deadline) {
        String id = ref.upstreamId();
        if (id != null) {
            return answers.seen(ref, send(requests.get(id), deadline));
        }
        return answers.found(ref, search(ref, deadline).values());
    }

    /** Without an id, lets go of every pin that a search shows for the order. */
    @Override
    public void unpin(OrderRef ref, Deadline deadline) {
        String id = ref.upstreamId();
        for (String each : id == null ? search(ref, deadline).keySet() : Set.of(id)) {
            answers.removed(send(requests.delete(each), deadline));
        }
    }

    @Override
    public PinListing list(@Nullable String from, Deadline deadline) {
        List<String> filters = requests.statusFilters();
        PageCursor cursor = from == null ? PageCursor.first(0) : begin(from, filters.size());
        HttpAsk ask = requests.list(filters.get(cursor.filter()), null, cursor.before());
        List<PinDoc> page = answers.page(send(ask, deadline));
        Optional<PageCursor> next = settings.window() ? cursor.after(page) : Optional.empty();
        if (next.isEmpty() && cursor.filter() + 1 < filters.size()) {
            next = Optional.of(PageCursor.first(cursor.filter() + 1));
        }
        Map<String, PinDoc> once = new LinkedHashMap<>();
        page.forEach(pin -> once.putIfAbsent(pin.requestId(), pin));
        return new PinListing(
                once.values().stream().map(answers::listed).toList(),
                next.map(PageCursor::text).orElse(null));
    }

    private static PageCursor begin(String from, int filters) {
        return PageCursor.read(from)
                .filter(cursor -> cursor.filter() < filters)
                .orElseThrow(() -> new ProviderException(new Failure.InvalidOrder("no page of a list begins there")));
    }

    @Override
    public byte[] block(Cid cid, Deadline deadline) {
        need(Capability.RETRIEVE_RAW);
        HttpAsk ask = requests.block(cid);
        try {
            return answers.block(cid, wire.fetch(ask.call(), deadline));
        } catch (WireException e) {
            HttpAnswer tooLong = e.head();
            if (tooLong != null) {
                answers.requireContent(Purpose.BLOCK, cid, tooLong);
            }
            throw noAnswer(ask, e);
        }
    }

    @Override
    public InputStream car(Cid root, Deadline deadline) {
        need(Capability.RETRIEVE_CAR);
        return content(root, "", requests.car(root), deadline);
    }

    @Override
    public InputStream part(Cid root, String path, long from, long to, Deadline deadline) {
        need(Capability.RETRIEVE_PART);
        return content(root, path, requests.part(root, path, from, to), deadline);
    }

    private InputStream content(Cid root, String path, HttpAsk ask, Deadline deadline) {
        Wire.Opened opened = open(ask, deadline);
        try {
            answers.requireContent(Purpose.CAR, root, path, opened.head());
            return opened.content();
        } catch (ProviderException e) {
            hangUp(opened.content(), e);
            throw e;
        }
    }

    @Override
    public void close() {
        wire.close();
    }

    @Override
    public String toString() {
        return "PsaProvider[" + settings.id() + " at " + settings.endpoint() + "]";
    }

    private Map<String, PinDoc> search(OrderRef ref, Deadline deadline) {
        Map<String, PinDoc> found = new LinkedHashMap<>();
        List<String> filters = requests.statusFilters();
        for (int filter = 0; filter < filters.size(); filter++) {
            Optional<PageCursor> cursor = Optional.of(PageCursor.first(filter));
            for (int pages = 0; cursor.isPresent() && pages < MOST_SEARCH_PAGES; pages++) {
                HttpAsk ask = requests.list(
                        filters.get(filter), ref.cid(), cursor.get().before());
                List<PinDoc> page = answers.page(send(ask, deadline));
                answers.collect(ref, page, found);
                boolean more = settings.window() && page.size() >= SHORT_PAGE;
                cursor = more ? cursor.get().after(page) : Optional.empty();
            }
        }
        return found;
    }

    private void need(Capability capability) {
        if (!capabilities.contains(capability)) {
            throw new ProviderException(new Failure.Unsupported(capability));
        }
    }

    private HttpAnswer sendOrder(Order order, boolean withOrigins, Deadline deadline) {
        try {
            return wire.send(requests.add(order, withOrigins).call(), deadline);
        } catch (WireException e) {
            String detail = words.say("did not answer an order (" + e.what() + ")", "");
            Failure failure = switch (e.reach()) {
                case NOT_SENT -> new Failure.Unavailable(detail);
                case MAYBE_ARRIVED, ANSWER_TOO_LONG -> new Failure.OutcomeUnknown(order.key(), detail);
            };
            throw new ProviderException(failure, e);
        }
    }

    private HttpAnswer send(HttpAsk ask, Deadline deadline) {
        try {
            return wire.send(ask.call(), deadline);
        } catch (WireException e) {
            throw noAnswer(ask, e);
        }
    }

    private static void hangUp(InputStream unwanted, ProviderException why) {
        try {
            unwanted.close();
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private Wire.Opened open(HttpAsk ask, Deadline deadline) {
        try {
            return wire.open(ask.call(), deadline);
        } catch (WireException e) {
            throw noAnswer(ask, e);
        }
    }

    /** All but orders can be repeated without harm, so what became of them does not matter. */
    private ProviderException noAnswer(HttpAsk ask, WireException e) {
        String detail = words.say("did not answer " + ask.purpose().words + " (" + e.what() + ")", "");
        Failure failure = switch (e.reach()) {
            case NOT_SENT, MAYBE_ARRIVED -> new Failure.Unavailable(detail);
            case ANSWER_TOO_LONG -> new Failure.ProtocolViolation(detail);
        };
        return new ProviderException(failure, e);
    }
}
