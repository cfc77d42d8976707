package dev.pinfold.kubo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.PinListing;
import dev.pinfold.spi.PinListing.ListedPin;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.Sighting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An own node behind Kubo's RPC. A node keeps at most one pin per root, so the root is the id of an order; whose pin it is
 * stands in its name, where the node keeps names (Kubo does, js-ipfs does not). Content is uploaded by {@code dag/import}
 * and then pinned; a node can prove that it does not hold a pin.
 */
final class KuboProvider implements Provider {
    private static final String PREFIX = "pinfold-";
    private static final int SMALL = 1 << 20;
    /** So soon a node answers that has what it shall export. */
    private static final Duration AT_ONCE = Duration.ofMillis(500);

    private static final int MOST_PINS = 5_000_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String id;
    private final Rpc rpc;
    private final Set<Capability> capabilities;

    KuboProvider(String id, Rpc rpc, boolean fetches) {
        this.id = id;
        this.rpc = rpc;
        EnumSet<Capability> can = EnumSet.of(
                Capability.UPLOAD_CAR,
                Capability.STATUS,
                Capability.LIST,
                Capability.UNPIN,
                Capability.RETRIEVE_RAW,
                Capability.RETRIEVE_CAR);
        if (fetches) {
            can.add(Capability.PIN_BY_CID);
        }
        capabilities = Collections.unmodifiableSet(can);
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public void probe(Deadline deadline) {
        asked("version", deadline);
    }

    @Override
    public Sighting pin(Order order, Deadline deadline) {
        if (!capabilities.contains(Capability.PIN_BY_CID)) {
            throw new ProviderException(new Failure.Unsupported(Capability.PIN_BY_CID));
        }
        return pinned(order, deadline);
    }

    @Override
    public Sighting upload(Order order, CarSource car, Deadline deadline) {
        try {
            rpc.json("dag/import?pin-roots=false&allow-big-block=true", Rpc.form(car), SMALL, deadline);
        } catch (Rpc.Refused e) {
            throw rpc.refused("dag/import", e);
        }
        return pinned(order, deadline);
    }

    /** Pinning what is there again changes nothing but the name, so nothing bad can come of a lost reply. */
    private Sighting pinned(Order order, Deadline deadline) {
        String call = "pin/add?arg=" + order.cid() + "&recursive=true&name=" + PREFIX + order.key();
        try {
            rpc.json(call, BodyPublishers.noBody(), SMALL, deadline);
        } catch (Rpc.Refused e) {
            throw rpc.refused("pin/add", e);
        }
        return Sighting.of(stored(order.cid()), order.cid().toString());
    }

    private Observation stored(Cid root) {
        return new Observation.Stored(id + " lists a recursive pin of " + root);
    }

    @Override
    public Sighting observe(OrderRef ref, Deadline deadline) {
        String holder = holder(ref.cid(), deadline);
        return holder == null || !belongs(holder, ref)
                ? Sighting.of(new Observation.Absent(), null)
                : Sighting.of(stored(ref.cid()), ref.cid().toString());
    }

    @Override
    public void unpin(OrderRef ref, Deadline deadline) {
        String holder = holder(ref.cid(), deadline);
        if (holder == null || !belongs(holder, ref)) {
            return;
        }
        try {
            rpc.json("pin/rm?arg=" + ref.cid() + "&recursive=true", BodyPublishers.noBody(), SMALL, deadline);
        } catch (Rpc.Refused e) {
            if (!notPinned(e)) {
                throw rpc.refused("pin/rm", e);
            }
        }
    }

    /** A pin without a name of ours may be anybody's order: the node belongs to this broker alone. */
    private static boolean belongs(String name, OrderRef ref) {
        return !name.startsWith(PREFIX) || name.equals(PREFIX + ref.key());
    }

    /** The name of the recursive pin of a root, empty without a name; null when it is not pinned. */
    private @Nullable String holder(Cid root, Deadline deadline) {
        try {
            JsonNode keys = rpc.json(
                            "pin/ls?arg=" + root + "&type=recursive&names=true",
                            BodyPublishers.noBody(),
                            SMALL,
                            deadline)
                    .path("Keys");
            for (var each : keys.properties()) {
                if (sameRoot(each.getKey(), root)) {
                    return each.getValue().path("Name").asText("");
                }
            }
            return null;
        } catch (Rpc.Refused e) {
            if (notPinned(e)) {
                return null;
            }
            throw rpc.refused("pin/ls", e);
        }
    }

    private static boolean sameRoot(String text, Cid root) {
        try {
            return Cid.parse(text).multihash().equals(root.multihash());
        } catch (ContentException e) {
            return false;
        }
    }

    private static boolean notPinned(Rpc.Refused refusal) {
        return refusal.words().toLowerCase(Locale.ROOT).contains("not pinned");
    }

    @Override
    public PinListing list(@Nullable String from, Deadline deadline) {
        if (from != null) {
            throw new ProviderException(new Failure.InvalidOrder("the list has one page only"));
        }
        List<ListedPin> pins = new ArrayList<>();
        try (InputStream in = rpc.open("pin/ls?type=recursive&stream=true&names=true", deadline);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    listed(JSON.readTree(line), pins);
                }
                if (deadline.expired() || pins.size() > MOST_PINS) {
                    throw new ProviderException(
                            new Failure.Unavailable(id + " lists more pins than can be read in time"));
                }
            }
            return new PinListing(pins, null);
        } catch (Rpc.Refused e) {
            throw rpc.refused("pin/ls", e);
        } catch (JsonProcessingException e) {
            throw new ProviderException(
                    new Failure.ProtocolViolation(id + " lists its pins in a way that is not JSON"));
        } catch (IOException e) {
            throw new ProviderException(new Failure.Unavailable(id + " broke off while it listed its pins"), e);
        }
    }

    private void listed(JsonNode line, List<ListedPin> pins) {
        String cid = line.path("Cid").asText("");
        try {
            Cid root = Cid.parse(cid);
            String name = line.path("Name").asText("");
            String key = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : null;
            pins.add(new ListedPin(root.toString(), root.toString(), key, stored(root)));
        } catch (ContentException e) {
            throw new ProviderException(
                    new Failure.ProtocolViolation(Rpc.shown(id + " lists a pin of '" + cid + "', which is not a CID")));
        }
    }

    @Override
    public byte[] block(Cid cid, Deadline deadline) {
        try {
            return rpc.fetch("block/get?arg=" + cid + waiting(deadline), Block.MAX_SIZE, deadline);
        } catch (Rpc.Refused e) {
            throw absent("block/get", cid, e);
        }
    }

    @Override
    public InputStream car(Cid root, Deadline deadline) {
        try {
            return export(root, deadline);
        } catch (Rpc.Refused e) {
            throw absent("dag/export", root, e);
        }
    }

    /**
     * A time-out of the node would end a long export in the middle, as if it were whole: so the export gets none. A node
     * that says nothing at once may wait for a block which it does not have, and is asked about that.
     */
    private InputStream export(Cid root, Deadline deadline) throws Rpc.Refused {
        String call = "dag/export?arg=" + root + "&progress=false&offline=true";
        Deadline soon = deadline.atMost(AT_ONCE);
        try {
            return rpc.open(call, soon);
        } catch (ProviderException e) {
            if (!soon.expired() || deadline.expired()) {
                throw e;
            }
        }
        rpc.bytes("block/stat?arg=" + root + waiting(deadline), BodyPublishers.noBody(), SMALL, deadline);
        return rpc.open(call, deadline);
    }

    /** What the node does not have it shall not look for: it is asked what it holds. */
    private static String waiting(Deadline deadline) {
        long millis = Math.clamp(deadline.remaining().toMillis() / 2, 50, 2000);
        return "&offline=true&timeout=" + millis + "ms";
    }

    private ProviderException absent(String call, Cid cid, Rpc.Refused refusal) {
        String words = refusal.words().toLowerCase(Locale.ROOT);
        boolean missing = words.contains("not found")
                || words.contains("not find")
                || words.contains("timed out")
                || words.contains("timeout")
                || words.contains("deadline exceeded")
                || words.contains("err_not_found");
        return missing
                ? new ProviderException(new Failure.NotFound(Rpc.shown(id + " does not have " + cid)))
                : rpc.refused(call, refusal);
    }

    private void asked(String call, Deadline deadline) {
        try {
            rpc.json(call, BodyPublishers.noBody(), SMALL, deadline);
        } catch (Rpc.Refused e) {
            throw rpc.refused(call, e);
        }
    }

    @Override
    public void close() {
        rpc.close();
    }

    @Override
    public String toString() {
        return "KuboProvider[" + id + " at " + rpc + "]";
    }
}
