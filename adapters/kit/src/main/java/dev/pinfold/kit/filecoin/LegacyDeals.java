package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.HashFunction;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The deals an old node makes by itself, with its own data and its own key. */
final class LegacyDeals {
    private final LotusAge age;
    private final SimulatedChain chain;
    private final Supplier<List<SimulatedProvider>> providers;
    private final Wallet wallet;
    private final NodeStore store;
    private final MessageMethods messages;
    private final Map<Cid, LegacyDeal> deals = new LinkedHashMap<>();

    /** A deal as the node remembers it. */
    record LegacyDeal(
            Cid proposalCid, DealProposal proposal, JsonObject data, ProviderDeal deal, boolean manual, long created) {}

    /** Everything a deal is made of before it is signed. */
    private record Draft(
            JsonObject wanted,
            Address client,
            SimulatedProvider provider,
            Cid root,
            Cid pieceCid,
            long pieceSize,
            long payload,
            boolean manual) {}

    LegacyDeals(
            LotusAge age,
            SimulatedChain chain,
            Supplier<List<SimulatedProvider>> providers,
            Wallet wallet,
            NodeStore store,
            MessageMethods messages) {
        this.age = age;
        this.chain = chain;
        this.providers = providers;
        this.wallet = wallet;
        this.store = store;
        this.messages = messages;
    }

    /** Proposes a deal; what the provider thinks of it shows in its state later. */
    JsonObject start(JsonObject wanted, boolean stateless) throws IOException {
        Draft draft = draft(wanted);
        if (stateless && (!draft.manual() || !"0".equals(wanted.getString("EpochPrice", "0")))) {
            throw RpcError.failed("stateless storage deals can only be initiated with a manual transfer and no price");
        }
        return chain.locked(() -> Json.cid(propose(draft)));
    }

    private Draft draft(JsonObject wanted) throws IOException {
        JsonObject data = Json.object(wanted.getValue("Data"));
        Cid root = Json.readCid(data.getValue("Root"));
        Address client = chain.keyOf(Json.address(wanted.getValue("Wallet")));
        SimulatedProvider provider = MinerMethods.find(providers.get(), Json.address(wanted.getValue("Miner")));
        if (chain.locked(() -> wallet.find(client)) == null) {
            throw RpcError.failed("provided address doesn't exist in wallet");
        }
        boolean manual = "manual".equals(data.getString("TransferType"));
        if (manual) {
            long unpadded = Json.number(data.getValue("PieceSize"));
            if (data.getValue("PieceCid") == null || unpadded == 0) {
                throw RpcError.failed("must provide piece CID and piece size if using manual transfer");
            }
            return new Draft(
                    wanted,
                    client,
                    provider,
                    root,
                    Json.readCid(data.getValue("PieceCid")),
                    unpadded / 127 * 128,
                    0,
                    true);
        }
        NodeStore.Made made = store.piece(root);
        long padded = made.piece().size().padded();
        if (padded > provider.sectorSize()) {
            throw RpcError.failed("data doesn't fit in a sector");
        }
        return new Draft(
                wanted,
                client,
                provider,
                root,
                made.piece().cidV1(),
                padded,
                made.piece().payload(),
                false);
    }

    private Cid propose(Draft draft) {
        DealProposal proposal = proposal(draft);
        TestKey key = wallet.require(draft.client());
        byte[] signature = Address.concat(new byte[] {TestKey.SECP256K1}, key.sign(proposal.cbor()));
        Cid proposalCid = proposal.signedCid(signature, HashFunction.SHA2_256);
        if (deals.containsKey(proposalCid)) {
            throw RpcError.failed("deal with proposal CID " + proposalCid + " already exists");
        }
        ProviderDeal deal = providerDeal(draft, proposal, proposalCid);
        deals.put(
                proposalCid,
                new LegacyDeal(
                        proposalCid,
                        proposal,
                        Json.object(draft.wanted().getValue("Data")),
                        deal,
                        draft.manual(),
                        chain.head()));
        String broke = reserve(proposal, deal);
        if (broke != null) {
            deal.fail(broke, chain.head());
            return proposalCid;
        }
        Counter counter = draft.provider().counter();
        String closed = counter.closed();
        String refusal = counter.decide(deal, closed != null ? closed : refusal(counter, proposal));
        if (refusal != null) {
            deal.fail("deal rejected: " + refusal, chain.head());
        }
        return proposalCid;
    }

    /** The money is on its way into escrow: that it is not there yet is no reason for a provider to refuse. */
    private @Nullable String refusal(Counter counter, DealProposal proposal) {
        String why = counter.marketRefusal(proposal, chain::keyOf);
        return why != null && why.contains("not enough funds in escrow") ? null : why;
    }

    private DealProposal proposal(Draft draft) {
        JsonObject wanted = draft.wanted();
        long asked = wanted.getValue("DealStartEpoch") == null ? 0 : Json.number(wanted.getValue("DealStartEpoch"));
        long start = asked > 0 ? asked : chain.head() + age.startBuffer();
        long end = MinerMethods.roundedUp(
                draft.provider().address(), start + Json.number(wanted.getValue("MinBlocksDuration")));
        BigInteger collateral = Json.amount(wanted.getValue("ProviderCollateral"));
        boolean verified = Boolean.TRUE.equals(wanted.getValue("VerifiedDeal"));
        BigInteger least = StateFacts.collateral(draft.pieceSize(), verified);
        return new DealProposal(
                draft.pieceCid(),
                draft.pieceSize(),
                verified,
                draft.client(),
                draft.provider().address(),
                Words.SIMULATED + " " + draft.root(),
                start,
                end,
                Json.amount(wanted.getValue("EpochPrice")),
                collateral.signum() == 0 ? least : collateral,
                BigInteger.ZERO);
    }

    private ProviderDeal providerDeal(Draft draft, DealProposal proposal, Cid proposalCid) {
        ProviderDeal.Terms terms = new ProviderDeal.Terms(
                proposalCid.toString(),
                Protocol.LEGACY,
                draft.client(),
                draft.provider().address(),
                proposal.pieceCid(),
                proposal.pieceSize(),
                proposal.startEpoch(),
                proposal.duration(),
                proposal,
                proposalCid,
                0,
                draft.payload(),
                true);
        ProviderDeal.Source source = draft.manual()
                ? null
                : (target, progress) -> {
                    Files.copy(store.piece(draft.root()).car(), target, StandardCopyOption.REPLACE_EXISTING);
                    progress.received(Files.size(target));
                };
        return new ProviderDeal(terms, Stage.FUNDING, chain.head(), source);
    }

    /** Puts what is missing into escrow; returns why that cannot be. */
    private @Nullable String reserve(DealProposal proposal, ProviderDeal deal) {
        BigInteger missing = proposal.locked()
                .add(promised(proposal.client(), deal))
                .subtract(chain.state().freeOf(proposal.client(), chain.head()));
        if (missing.signum() <= 0) {
            return null;
        }
        byte[] params = new CborOut().bytes(proposal.client().bytes()).toBytes();
        try {
            deal.funding =
                    messages.send(proposal.client(), ChainMessage.MARKET, missing, ChainMessage.ADD_BALANCE, params);
            return null;
        } catch (RpcError e) {
            return "adding market funds failed: " + e.text();
        }
    }

    /** What earlier deals will take out of escrow once they are published. */
    private BigInteger promised(Address client, ProviderDeal except) {
        return deals.values().stream()
                .filter(each -> each.deal() != except
                        && each.proposal().client().equals(client)
                        && !each.deal().stage.isOver()
                        && each.deal().stage.compareTo(Stage.PUBLISHED) < 0)
                .map(each -> each.proposal().locked())
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    JsonObject info(Cid proposalCid) {
        return chain.locked(() -> {
            LegacyDeal deal = deals.get(proposalCid);
            if (deal == null) {
                throw RpcError.failed("getting deal info: datastore: key not found");
            }
            return DealInfo.json(age, deal);
        });
    }

    JsonArray list() {
        return chain.locked(() -> {
            JsonArray out = new JsonArray();
            deals.values().forEach(deal -> out.add(DealInfo.json(age, deal)));
            return out;
        });
    }

    /** Tells of every deal whose state has changed since it was last told of, whenever the chain has moved. */
    Runnable updates(Consumer<Object> listener) {
        Map<Cid, Integer> told = new LinkedHashMap<>();
        return chain.locked(() -> {
            deals.forEach((cid, deal) -> told.put(cid, DealInfo.state(age, deal)));
            return chain.listen(changes -> deals.forEach((cid, deal) -> {
                Integer now = DealInfo.state(age, deal);
                if (!now.equals(told.put(cid, now))) {
                    listener.accept(DealInfo.json(age, deal));
                }
            }));
        });
    }
}
