package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The requests of mk12 over HTTP, read strictly. Source: filecoin.md section 5.2. */
final class Mk12Params {
    final UUID uuid;
    final Transfer transfer;
    final boolean offline;
    final Cid payloadRoot;
    final DealProposal proposal;
    final byte[] proposalBytes;
    final byte[] signature;

    /**
     * How the data comes.
     *
     * @param url empty for an offline deal
     */
    record Transfer(long size, String type, String url, Map<String, List<String>> headers) {}

    private Mk12Params(
            UUID uuid,
            Transfer transfer,
            boolean offline,
            Cid payloadRoot,
            DealProposal proposal,
            byte[] proposalBytes,
            byte[] signature) {
        this.uuid = uuid;
        this.transfer = transfer;
        this.offline = offline;
        this.payloadRoot = payloadRoot;
        this.proposal = proposal;
        this.proposalBytes = proposalBytes;
        this.signature = signature;
    }

    static Mk12Params read(byte[] body) {
        CborIn in = new CborIn(body);
        Fields fields = new Fields(in, "DealParams");
        UUID uuid = null;
        Transfer transfer = null;
        boolean offline = false;
        Cid root = null;
        DealProposal proposal = null;
        byte[] proposalBytes = new byte[0];
        byte[] signature = new byte[0];
        for (int i = 0; i < fields.count; i++) {
            switch (fields.next()) {
                case "DealUUID" -> uuid = uuid(in.bytes("DealUUID"));
                case "Transfer" -> transfer = transfer(in);
                case "IsOffline" -> offline = in.bool("IsOffline");
                case "DealDataRoot" -> root = in.link("DealDataRoot");
                case "SkipIPNIAnnounce" -> in.bool("SkipIPNIAnnounce");
                case "RemoveUnsealedCopy" -> in.bool("RemoveUnsealedCopy");
                case "ClientDealProposal" -> {
                    in.array(2, "ClientDealProposal");
                    int from = in.position();
                    proposal = DealProposal.read(in);
                    proposalBytes = in.slice(from);
                    signature = in.bytes("ClientSignature");
                }
                case String other -> throw fields.unknown(other);
            }
        }
        in.end("DealParams");
        if (uuid == null || transfer == null || root == null || proposal == null) {
            throw new WireException("DealParams lacks DealUUID, Transfer, DealDataRoot or ClientDealProposal");
        }
        return new Mk12Params(uuid, transfer, offline, root, proposal, proposalBytes, signature);
    }

    private static Transfer transfer(CborIn in) {
        Fields fields = new Fields(in, "Transfer");
        long size = 0;
        String type = "";
        byte[] params = new byte[0];
        for (int i = 0; i < fields.count; i++) {
            switch (fields.next()) {
                case "Size" -> size = in.uint("Size");
                case "Type" -> type = in.text("Type");
                case "Params" -> params = in.bytes("Params");
                case "ClientID" -> in.text("ClientID");
                case String other -> throw fields.unknown(other);
            }
        }
        return params.length == 0 ? new Transfer(size, type, "", Map.of()) : http(size, type, params);
    }

    private static Transfer http(long size, String type, byte[] params) {
        try {
            JsonObject json = new JsonObject(new String(params, StandardCharsets.UTF_8));
            Map<String, List<String>> headers = new HashMap<>();
            if (json.getValue("Headers") instanceof JsonObject given) {
                given.forEach(each -> headers.put(each.getKey(), List.of(Json.text(each.getValue()))));
            }
            String url = Json.text(json.getValue("URL"));
            URI.create(url);
            return new Transfer(size, type, url, headers);
        } catch (DecodeException | IllegalArgumentException e) {
            throw new WireException("Transfer.Params is no JSON with a URL: " + e.getMessage());
        }
    }

    /** The question for a deal's state. */
    static StatusRequest readStatus(byte[] body) {
        CborIn in = new CborIn(body);
        Fields fields = new Fields(in, "DealStatusRequest");
        byte[] uuid = new byte[0];
        byte[] signature = new byte[0];
        for (int i = 0; i < fields.count; i++) {
            switch (fields.next()) {
                case "DealUUID" -> uuid = in.bytes("DealUUID");
                case "Signature" -> signature = in.bytes("Signature");
                case String other -> throw fields.unknown(other);
            }
        }
        in.end("DealStatusRequest");
        uuid(uuid);
        return new StatusRequest(uuid, signature);
    }

    static final class StatusRequest {
        final byte[] uuidBytes;
        final byte[] signature;

        StatusRequest(byte[] uuidBytes, byte[] signature) {
            this.uuidBytes = uuidBytes;
            this.signature = signature;
        }

        String id() {
            return uuid(uuidBytes).toString();
        }
    }

    /** The question for the ask. */
    static Address readAsk(byte[] body) {
        CborIn in = new CborIn(body);
        if (in.pairs("AskRequest") != 1 || !in.text("key").equals("Miner")) {
            throw new WireException("AskRequest has the key Miner and no other");
        }
        Address miner = Address.read(in.bytes("Miner"));
        in.end("AskRequest");
        return miner;
    }

    static byte[] bytes(String uuid) {
        UUID value = UUID.fromString(uuid);
        return java.nio.ByteBuffer.allocate(16)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits())
                .array();
    }

    private static UUID uuid(byte[] bytes) {
        if (bytes.length != 16) {
            throw new WireException("DealUUID must have 16 bytes, not " + bytes.length);
        }
        java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** The keys of a map, each once. */
    private static final class Fields {
        final int count;
        private final CborIn in;
        private final String what;
        private final Set<String> seen = new HashSet<>();

        Fields(CborIn in, String what) {
            this.in = in;
            this.what = what;
            this.count = in.pairs(what);
        }

        String next() {
            String key = in.text("key of " + what);
            if (!seen.add(key)) {
                throw new WireException(what + " has " + key + " twice");
            }
            return key;
        }

        WireException unknown(String key) {
            return new WireException(what + " has no " + key);
        }
    }
}
