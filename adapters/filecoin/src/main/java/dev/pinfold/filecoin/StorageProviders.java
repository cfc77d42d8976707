package dev.pinfold.filecoin;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.filecoin.Cbor.Wrong;
import dev.pinfold.http.HttpAnswer;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.WireException;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.Ask;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.StorageProviderInfo;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of storage providers: from the chain, from their own markets, and from the operator. */
final class StorageProviders {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The least piece of market 2.0 that DataCap can back (FIP-0045). */
    private static final PieceSize MIB = PieceSize.ofPadded(1 << 20);

    private final FilecoinSettings settings;
    private final SafeWords words;
    private final LotusNode node;
    private final CurioHttp curio;

    StorageProviders(FilecoinSettings settings, SafeWords words, LotusNode node, CurioHttp curio) {
        this.settings = settings;
        this.words = words;
        this.node = node;
        this.curio = curio;
    }

    StorageProviderInfo info(String address, Set<DealMode> nodeModes, String wallet, Deadline deadline) {
        JsonNode facts = node.minerInfo(address, deadline);
        List<URI> http = endpoints(address, facts);
        PieceSize sector;
        try {
            sector = PieceSize.ofPadded(facts.path("SectorSize").asLong(0));
        } catch (IllegalArgumentException e) {
            throw node.violation("answered StateMinerInfo without a sector size");
        }
        return new StorageProviderInfo(
                address,
                modes(address, facts, http, nodeModes, wallet, deadline),
                sector,
                settings.countries().get(address),
                settings.jurisdictions().get(address),
                http,
                node.hasPower(address, deadline));
    }

    private List<DealMode> modes(
            String address, JsonNode facts, List<URI> http, Set<DealMode> nodeModes, String wallet, Deadline deadline) {
        List<DealMode> modes = new ArrayList<>();
        if (nodeModes.contains(DealMode.LEGACY)
                && !facts.path("PeerId").asText("").isEmpty()) {
            modes.add(DealMode.LEGACY);
        }
        if (!http.isEmpty()) {
            if (nodeModes.contains(DealMode.MK12) && takesMk12(http.getFirst(), address, deadline)) {
                modes.add(DealMode.MK12);
            }
            if (nodeModes.contains(DealMode.MK20) && takesMk20(http.getFirst(), wallet, deadline)) {
                modes.add(DealMode.MK20);
            }
        }
        return modes;
    }

    /** A storage provider that has no ask fails with 500, one without this market knows no such route. */
    private boolean takesMk12(URI base, String address, Deadline deadline) {
        try {
            return curio.mk12(base, "GET", "ask", Mk12Wire.askRequest(Address.parse(address)), deadline)
                            .status()
                    == 200;
        } catch (WireException e) {
            return false;
        }
    }

    private boolean takesMk20(URI base, String wallet, Deadline deadline) {
        try {
            HttpAnswer answer = curio.mk20(base, wallet, "GET", "products", null, deadline);
            if (answer.status() != 200) {
                return false;
            }
            for (JsonNode product : JSON.readTree(answer.body()).path("products")) {
                if (product.asText().equals("ddo_v1")) {
                    return true;
                }
            }
            return false;
        } catch (WireException | JacksonException e) {
            return false;
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can always be read", e);
        }
    }

    /** The URL that the operator names, else those the chain tells, as far as they are public. */
    private List<URI> endpoints(String address, JsonNode facts) {
        URI named = settings.providers().get(address);
        if (named != null) {
            return List.of(named);
        }
        List<byte[]> multiaddrs = new ArrayList<>();
        for (JsonNode each : facts.path("Multiaddrs")) {
            try {
                multiaddrs.add(Base64.getDecoder().decode(each.asText("")));
            } catch (IllegalArgumentException e) {
                // Not an address; the others may be.
            }
        }
        return Multiaddrs.http(multiaddrs).stream()
                .filter(url -> settings.privateProviders() || PublicHosts.isPublic(url))
                .toList();
    }

    /** The URL of a storage provider's market. */
    URI market(String address, Deadline deadline) {
        URI named = settings.providers().get(address);
        if (named != null) {
            return named;
        }
        List<URI> http = endpoints(address, node.minerInfo(address, deadline));
        if (http.isEmpty()) {
            throw new ProviderException(new Failure.Rejected(words.say(
                    "knows no public HTTP address of storage provider " + address + ": name it in storageProviders as "
                            + address + "=https://host",
                    "")));
        }
        return http.getFirst();
    }

    Ask mk12Ask(String address, Deadline deadline) {
        URI base = market(address, deadline);
        Address provider = Address.parse(address);
        try {
            HttpAnswer answer = curio.mk12(base, "GET", "ask", Mk12Wire.askRequest(provider), deadline);
            if (answer.status() != 200) {
                throw curio.refused(address, answer);
            }
            Ask ask = Mk12Wire.ask(answer.body(), provider);
            if (ask == null) {
                throw new ProviderException(
                        new Failure.Rejected(words.say("storage provider " + address + " has no ask", "")));
            }
            return ask;
        } catch (WireException e) {
            throw curio.silent(address, e);
        } catch (Wrong | IllegalArgumentException e) {
            throw new ProviderException(new Failure.ProtocolViolation(
                    words.say("storage provider " + address + " has an ask that cannot be read", text(e))));
        }
    }

    /** Without a payment contract nothing is paid in market 2.0, and only the sector bounds the piece. */
    Ask mk20Ask(String address, Deadline deadline) {
        long sector = node.minerInfo(address, deadline).path("SectorSize").asLong(0);
        return new Ask(AttoFil.ZERO, AttoFil.ZERO, MIB, PieceSize.ofPadded(sector), Optional.empty());
    }

    private static String text(Exception e) {
        @Nullable String message = e.getMessage();
        return message == null ? "" : message;
    }

    /** The modes a node can be used in, by what it can do and what the operator wants. */
    static Set<DealMode> modes(String wanted, boolean legacyNode) {
        if (!wanted.equals(FilecoinSettings.AUTO)) {
            return EnumSet.of(DealMode.ofLabel(wanted));
        }
        return legacyNode ? EnumSet.of(DealMode.LEGACY) : EnumSet.of(DealMode.MK12, DealMode.MK20);
    }
}
