package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.function.BiFunction;

/** What the chain knows of deals, money in the market, and DataCap. */
final class MarketMethods {
    private static final BigInteger SUPPLY = BigInteger.TEN.pow(27);

    private final LotusAge age;
    private final SimulatedChain chain;

    MarketMethods(LotusAge age, SimulatedChain chain) {
        this.age = age;
        this.chain = chain;
    }

    /** Looks something up in the state that the last parameter names. */
    private RpcMethod.Body at(int key, BiFunction<ChainState, JsonArray, Object> look) {
        return (params, v1) ->
                chain.locked(() -> look.apply(chain.state(ChainMethods.height(chain, params.getValue(key))), params));
    }

    void register(RpcMethods methods) {
        methods.add("StateMarketStorageDeal", "read", 2, at(1, this::deal));
        methods.add("StateMarketDeals", "read", 1, at(0, this::deals));
        methods.add("StateMarketBalance", "read", 2, (params, v1) -> chain.locked(() -> balance(params)));
        methods.add("StateDealProviderCollateralBounds", "read", 3, (params, v1) -> {
            long size = Json.number(params.getValue(0));
            return new JsonObject()
                    .put(
                            "Min",
                            StateFacts.collateral(size, Json.flag(params.getValue(1)))
                                    .toString())
                    .put("Max", SUPPLY.toString());
        });
        methods.add("StateVerifiedClientStatus", "read", 2, at(1, (state, params) -> {
            BigInteger left = state.dataCap().get(chain.keyOf(Json.address(params.getValue(0))));
            return left == null ? null : left.toString();
        }));
        methods.add(
                "StateLookupID",
                "read",
                2,
                (params, v1) -> chain.idOf(Json.address(params.getValue(0))).toString());
        methods.add(
                "StateAccountKey",
                "read",
                2,
                (params, v1) -> chain.keyOf(Json.address(params.getValue(0))).toString());
        if (age.hasDataCapAllocations()) {
            dataCap(methods);
        }
        if (age == LotusAge.V1_36) {
            methods.add("StateMarketProposalPending", "read", 2, (params, v1) -> {
                Cid proposal = Json.readCid(params.getValue(0));
                return chain.locked(() -> pending(proposal));
            });
        }
    }

    private void dataCap(RpcMethods methods) {
        methods.add("StateGetAllocation", "read", 3, at(2, (state, params) -> {
            Allocation found = state.allocations().get(Json.number(params.getValue(1)));
            return found == null || found.client() != number(params) ? null : found.json();
        }));
        methods.add("StateGetAllocations", "read", 2, at(1, (state, params) -> {
            JsonObject out = new JsonObject();
            state.allocations().values().stream()
                    .filter(each -> each.client() == number(params))
                    .forEach(each -> out.put(String.valueOf(each.id()), each.json()));
            return out;
        }));
        methods.add("StateGetAllocationForPendingDeal", "read", 2, (params, v1) -> null);
        methods.add("StateGetAllocationIdForPendingDeal", "read", 2, (params, v1) -> 0);
        methods.add("StateGetClaim", "read", 3, at(2, (state, params) -> {
            Claim found = state.claims().get(Json.number(params.getValue(1)));
            return found == null || found.allocation().provider() != number(params) ? null : found.json();
        }));
        methods.add("StateGetClaims", "read", 2, at(1, (state, params) -> {
            JsonObject out = new JsonObject();
            state.claims().forEach((id, each) -> {
                if (each.allocation().provider() == number(params)) {
                    out.put(String.valueOf(id), each.json());
                }
            });
            return out;
        }));
    }

    private long number(JsonArray params) {
        return chain.idOf(Json.address(params.getValue(0))).number();
    }

    private Object deal(ChainState state, JsonArray params) {
        long id = Json.number(params.getValue(0));
        MarketDeal deal = state.deals().get(id);
        if (deal == null) {
            throw RpcError.failed("deal " + id + " not found - deal may not have completed sealing before deal proposal"
                    + " start epoch, or deal may have been slashed");
        }
        return json(deal);
    }

    private Object deals(ChainState state, JsonArray params) {
        JsonObject out = new JsonObject();
        state.deals().forEach((id, deal) -> out.put(String.valueOf(id), json(deal)));
        return out;
    }

    /** On chain the client is a number. */
    private JsonObject json(MarketDeal deal) {
        JsonObject json = deal.json(age == LotusAge.V1_36);
        json.getJsonObject("Proposal")
                .put("Client", chain.idOf(deal.proposal().client()).toString());
        return json;
    }

    private JsonObject balance(JsonArray params) {
        long height = ChainMethods.height(chain, params.getValue(1));
        ChainState state = chain.state(height);
        Address owner = chain.keyOf(Json.address(params.getValue(0)));
        return new JsonObject()
                .put("Escrow", state.escrowOf(owner, height).toString())
                .put("Locked", state.lockedOf(owner, height).toString());
    }

    private boolean pending(Cid proposal) {
        return chain.state().deals().values().stream()
                .anyMatch(deal -> deal.signedCid().equals(proposal) && deal.sectorStart() < 0);
    }
}
