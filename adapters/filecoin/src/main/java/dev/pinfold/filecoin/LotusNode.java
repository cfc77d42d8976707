package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.WireException;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.CollateralBounds;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.Funds;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The calls that every Lotus node has, old and new, each with what its answer means. */
final class LotusNode {
    private final FilecoinSettings settings;
    private final SafeWords words;
    private final LotusRpc rpc;

    LotusNode(FilecoinSettings settings, SafeWords words, LotusRpc rpc) {
        this.settings = settings;
        this.words = words;
        this.rpc = rpc;
    }

    /** A tipset: its height, and the key by which the chain's state after it is asked for. */
    record TipSet(Epoch height, ArrayNode key) {}

    LotusRpc rpc() {
        return rpc;
    }

    String version(Deadline deadline) {
        return words.safe(rpc.get("Version", deadline).path("Version").asText(""));
    }

    String network(Deadline deadline) {
        return words.safe(rpc.get("StateNetworkName", deadline).asText(""));
    }

    TipSet head(Deadline deadline) {
        return tipSet(rpc.get("ChainHead", deadline));
    }

    /** The tipset at a height, or the last one before it where that epoch has none. */
    TipSet tipSetAt(Epoch height, TipSet head, Deadline deadline) {
        return tipSet(rpc.get("ChainGetTipSetByHeight", deadline, height.height(), head.key()));
    }

    private TipSet tipSet(JsonNode document) {
        JsonNode key = document.path("Cids");
        long height = document.path("Height").asLong(-1);
        if (!(key instanceof ArrayNode cids) || height < 0) {
            throw violation("answered with something that is no tipset");
        }
        return new TipSet(new Epoch(height), cids);
    }

    /** The permissions of the token in use; those of nobody without one. */
    Set<String> permissions(Deadline deadline) {
        String token = settings.token();
        if (token == null) {
            return Set.of("read");
        }
        Set<String> allowed = new HashSet<>();
        rpc.get("AuthVerify", deadline, token).forEach(each -> allowed.add(each.asText()));
        return allowed;
    }

    /** The wallet that signs: the configured one, which the node must have, else the node's default. */
    String wallet(Deadline deadline) {
        String wanted = settings.wallet();
        if (wanted == null) {
            String wallet = rpc.get("WalletDefaultAddress", deadline).asText("");
            if (wallet.isEmpty()) {
                throw new ProviderException(new Failure.Rejected(words.say(
                        "has no default wallet: make one with 'lotus wallet new', or set the provider's wallet", "")));
            }
            return wallet;
        }
        return wanted;
    }

    Funds funds(String wallet, Deadline deadline) {
        AttoFil balance = amount(rpc.get("WalletBalance", deadline, wallet), "WalletBalance");
        JsonNode market = rpc.get("StateMarketBalance", deadline, wallet, headKey());
        AttoFil escrow = amount(market.path("Escrow"), "StateMarketBalance");
        AttoFil locked = amount(market.path("Locked"), "StateMarketBalance");
        return new Funds(balance, escrow.minusOrZero(locked), locked, dataCap(wallet, deadline));
    }

    /** Whether a wallet has DataCap at all is told by null; an old node fails instead. */
    private BigInteger dataCap(String wallet, Deadline deadline) {
        try {
            JsonNode status = rpc.read("StateVerifiedClientStatus", deadline, wallet, headKey());
            return status.isMissingNode()
                    ? BigInteger.ZERO
                    : amount(status, "StateVerifiedClientStatus").value();
        } catch (LotusError e) {
            if (e.notFound()) {
                return BigInteger.ZERO;
            }
            throw new ProviderException(rpc.failure(e));
        }
    }

    CollateralBounds collateral(PieceSize size, boolean verified, Deadline deadline) {
        JsonNode bounds = rpc.get("StateDealProviderCollateralBounds", deadline, size.padded(), verified, headKey());
        return new CollateralBounds(
                amount(bounds.path("Min"), "StateDealProviderCollateralBounds"),
                amount(bounds.path("Max"), "StateDealProviderCollateralBounds"));
    }

    /** Facts of a storage provider; throws {@link Failure.NotFound} where there is none of this address. */
    JsonNode minerInfo(String address, Deadline deadline) {
        return rpc.get("StateMinerInfo", deadline, address, headKey());
    }

    Optional<Boolean> hasPower(String address, Deadline deadline) {
        JsonNode power = rpc.get("StateMinerPower", deadline, address, headKey());
        String raw = power.path("MinerPower").path("RawBytePower").asText("");
        return raw.matches("[0-9]+") ? Optional.of(new BigInteger(raw).signum() > 0) : Optional.empty();
    }

    /** The id address behind a wallet, as the chain's state names it; null where the chain does not know the wallet. */
    @Nullable
    Address idOf(String wallet, Deadline deadline) {
        try {
            return Address.parse(
                    rpc.read("StateLookupID", deadline, wallet, headKey()).asText(""));
        } catch (LotusError e) {
            if (e.notFound()) {
                return null;
            }
            throw new ProviderException(rpc.failure(e));
        } catch (IllegalArgumentException e) {
            throw violation("named an id address that is none");
        }
    }

    /** Signs with the wallet; the node hashes the message itself. Changes nothing, so it can be repeated. */
    Signature sign(String wallet, byte[] message, Deadline deadline) {
        JsonNode signature =
                rpc.get("WalletSign", deadline, wallet, Base64.getEncoder().encodeToString(message));
        try {
            return Signature.of(
                    signature.path("Type").asInt(-1),
                    Base64.getDecoder().decode(signature.path("Data").asText("")));
        } catch (IllegalArgumentException e) {
            throw violation("signed with something that is no signature");
        }
    }

    /**
     * Sends a message to the chain, once: a node that knows the id already answers with the message it sent then.
     *
     * @throws WireException the message may have been sent
     */
    String push(ObjectNode message, String purpose, Deadline deadline) throws WireException, LotusError {
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        spec.put("MaxFee", settings.maxFee().toString());
        spec.put(
                "MsgUuid",
                UUID.nameUUIDFromBytes(purpose.getBytes(StandardCharsets.UTF_8)).toString());
        JsonNode signed = rpc.call("MpoolPushMessage", deadline, message, spec);
        return cid(signed.path("CID"), "MpoolPushMessage");
    }

    /** The CID of a waiting message that does the same as this one; null where there is none. */
    @Nullable
    String pending(ObjectNode message, Deadline deadline) {
        Address from = Address.parse(message.path("From").asText());
        for (JsonNode each : rpc.get("MpoolPending", deadline, headKey())) {
            JsonNode pooled = each.path("Message");
            if (isFrom(pooled, from) && Messages.same(pooled, message)) {
                return cid(each.path("CID"), "MpoolPending");
            }
        }
        return null;
    }

    private static boolean isFrom(JsonNode pooled, Address from) {
        try {
            return Address.parse(pooled.path("From").asText()).equals(from);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * What became of a message.
     *
     * @param exitCode 0 where it succeeded
     */
    @SuppressWarnings("ArrayRecordComponent") // Moved, never compared.
    record Receipt(Epoch height, long exitCode, byte[] result) {}

    /** The receipt of a message on the chain of this head; null while there is none. */
    @Nullable
    Receipt receipt(String message, TipSet head, Deadline deadline) {
        ObjectNode cid = link(message);
        JsonNode found = rpc.path(deadline).equals("/rpc/v0")
                ? rpc.get("StateSearchMsg", deadline, cid)
                : rpc.get("StateSearchMsg", deadline, head.key(), cid, -1, true);
        if (found.isMissingNode()) {
            return null;
        }
        JsonNode receipt = found.path("Receipt");
        byte[] result = Base64.getDecoder().decode(receipt.path("Return").asText(""));
        return new Receipt(
                new Epoch(found.path("Height").asLong(0)),
                receipt.path("ExitCode").asLong(-1),
                result);
    }

    /** The tipset key that stands for the head. */
    static ArrayNode headKey() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static ObjectNode link(String cid) {
        return JsonNodeFactory.instance.objectNode().put("/", cid);
    }

    /** The text of a CID in Lotus's JSON. */
    String cid(JsonNode link, String method) {
        try {
            return Cid.parse(link.path("/").asText("")).toString();
        } catch (ContentException e) {
            throw violation("answered " + method + " without a CID");
        }
    }

    AttoFil amount(JsonNode value, String method) {
        try {
            return AttoFil.parse(value.asText(""));
        } catch (IllegalArgumentException e) {
            throw violation("answered " + method + " without an amount");
        }
    }

    ProviderException violation(String what) {
        return new ProviderException(new Failure.ProtocolViolation(words.say(what, "")));
    }
}
