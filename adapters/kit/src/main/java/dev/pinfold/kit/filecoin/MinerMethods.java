package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.HashFunction;
import dev.pinfold.content.Multihash;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the chain knows of storage providers. */
final class MinerMethods {
    private static final BigInteger POWER = BigInteger.ONE.shiftLeft(50);
    private static final long PROVING_PERIOD = 2_880;

    private final LotusAge age;
    private final SimulatedChain chain;
    private final Supplier<List<SimulatedProvider>> providers;

    MinerMethods(LotusAge age, SimulatedChain chain, Supplier<List<SimulatedProvider>> providers) {
        this.age = age;
        this.chain = chain;
        this.providers = providers;
    }

    void register(RpcMethods methods) {
        methods.add("StateListMiners", "read", 1, (params, v1) -> {
            JsonArray out = new JsonArray();
            providers.get().forEach(each -> out.add(each.address().toString()));
            return out;
        });
        methods.add("StateMinerInfo", "read", 2, (params, v1) -> info(provider(params)));
        methods.add("StateMinerPower", "read", 2, (params, v1) -> power(provider(params)));
        methods.add("StateMinerFaults", "read", 2, (params, v1) -> chain.locked(() -> faults(provider(params))));
        methods.add(
                "StateMinerAvailableBalance",
                "read",
                2,
                (params, v1) -> chain.locked(() -> {
                    SimulatedProvider provider = provider(params);
                    return chain.state().walletOf(provider.address()).toString();
                }));
        if (age == LotusAge.V1_36) {
            methods.add("StateSectorGetInfo", "read", 3, (params, v1) -> chain.locked(() -> sector(params)));
        }
        methods.add("StateMinerProvingDeadline", "read", 2, (params, v1) -> deadline(provider(params)));
    }

    private SimulatedProvider provider(JsonArray params) {
        Address address = Json.address(params.getValue(0));
        return find(providers.get(), address);
    }

    static SimulatedProvider find(List<SimulatedProvider> providers, Address address) {
        return providers.stream()
                .filter(each -> each.address().equals(address))
                .findFirst()
                .orElseThrow(() ->
                        RpcError.failed("failed to load miner actor: load state tree: actor not found: " + address));
    }

    private JsonObject info(SimulatedProvider provider) {
        String owner = provider.address().toString();
        JsonObject info = new JsonObject()
                .put("Owner", owner)
                .put("Worker", owner)
                .put("NewWorker", age.hasDataCapAllocations() ? owner : "<empty>")
                .put("ControlAddresses", new JsonArray())
                .put("WorkerChangeEpoch", -1)
                .put("PeerId", provider.peerId())
                .put("Multiaddrs", new JsonArray().add(Json.base64(Multiaddress.loopbackHttp(provider.port()))))
                .put("WindowPoStProofType", provider.sectorSize() == 1L << 35 ? 8 : 9)
                .put("SectorSize", provider.sectorSize())
                .put("WindowPoStPartitionSectors", 2_349)
                .put("ConsensusFaultElapsed", -1);
        if (age.hasDataCapAllocations()) {
            info.putNull("PendingOwnerAddress")
                    .put("Beneficiary", owner)
                    .put(
                            "BeneficiaryTerm",
                            new JsonObject()
                                    .put("Quota", "0")
                                    .put("UsedQuota", "0")
                                    .put("Expiration", 0))
                    .putNull("PendingBeneficiaryTerm");
        }
        return info;
    }

    private JsonObject power(SimulatedProvider provider) {
        BigInteger own = provider.isGone() ? BigInteger.ZERO : POWER;
        BigInteger all = POWER.multiply(BigInteger.valueOf(providers.get().size()));
        return new JsonObject()
                .put("MinerPower", claim(own))
                .put("TotalPower", claim(all))
                .put("HasMinPower", own.signum() > 0);
    }

    private static JsonObject claim(BigInteger power) {
        return new JsonObject().put("RawBytePower", power.toString()).put("QualityAdjPower", power.toString());
    }

    /** A bit field in Lotus's JSON: lengths of runs, the first of zeros. A provider that is gone proves nothing. */
    private JsonArray faults(SimulatedProvider provider) {
        TreeSet<Long> faulty = new TreeSet<>();
        if (provider.isGone()) {
            chain.state().deals().values().stream()
                    .filter(deal -> deal.active() && deal.proposal().provider().equals(provider.address()))
                    .forEach(deal -> faulty.add(deal.sectorNumber()));
            chain.state().claims().values().stream()
                    .filter(claim ->
                            claim.allocation().provider() == provider.address().number())
                    .forEach(claim -> faulty.add(claim.sector()));
        }
        JsonArray runs = new JsonArray();
        long at = 0;
        long ones = 0;
        for (long sector : faulty) {
            if (ones > 0 && sector == at) {
                ones++;
            } else {
                if (ones > 0) {
                    runs.add(ones);
                }
                runs.add(sector - at);
                ones = 1;
            }
            at = sector + 1;
        }
        return ones == 0 ? runs.add(0) : runs.add(ones);
    }

    /** A sector holds one deal or one claim here; null where the provider has none of this number. */
    private @Nullable JsonObject sector(JsonArray params) {
        Address provider = provider(params).address();
        long number = Json.number(params.getValue(1));
        ChainState state = chain.state(ChainMethods.height(chain, params.getValue(2)));
        for (MarketDeal deal : state.deals().values()) {
            if (deal.active()
                    && deal.sectorNumber() == number
                    && deal.proposal().provider().equals(provider)) {
                return sector(
                        provider,
                        number,
                        deal.sectorStart(),
                        deal.proposal().endEpoch(),
                        BigInteger.valueOf(deal.proposal().pieceSize()),
                        BigInteger.ZERO);
            }
        }
        for (Claim claim : state.claims().values()) {
            if (claim.sector() == number && claim.allocation().provider() == provider.number()) {
                return sector(
                        provider,
                        number,
                        claim.termStart(),
                        claim.termStart() + claim.allocation().termMax(),
                        BigInteger.ZERO,
                        BigInteger.valueOf(claim.allocation().size()));
            }
        }
        return null;
    }

    private static JsonObject sector(
            Address provider, long number, long from, long until, BigInteger deals, BigInteger verified) {
        byte[] name = ("SIMULATED sector " + provider + " " + number).getBytes(StandardCharsets.UTF_8);
        BigInteger term = BigInteger.valueOf(until - from);
        return new JsonObject()
                .put("SectorNumber", number)
                .put("SealProof", 8)
                .put("SealedCID", Json.cid(Cid.v1(Codec.DAG_CBOR, Multihash.of(HashFunction.BLAKE2B_256, name))))
                .put("Activation", from)
                .put("Expiration", until)
                .put("DealWeight", deals.multiply(term).toString())
                .put("VerifiedDealWeight", verified.multiply(term).toString())
                .put("InitialPledge", "0")
                .put("ExpectedDayReward", "0")
                .put("ExpectedStoragePledge", "0")
                .put("PowerBaseEpoch", from)
                .put("ReplacedDayReward", "0")
                .putNull("SectorKeyCID")
                .put("Flags", 0)
                .put("DailyFee", "0");
    }

    private JsonObject deadline(SimulatedProvider provider) {
        long head = chain.head();
        long start = head - Math.floorMod(head - offset(provider.address()), PROVING_PERIOD);
        long index = (head - start) / 60;
        long open = start + index * 60;
        return new JsonObject()
                .put("CurrentEpoch", head)
                .put("PeriodStart", start)
                .put("Index", index)
                .put("Open", open)
                .put("Close", open + 60)
                .put("Challenge", open - 20)
                .put("FaultCutoff", open - 70)
                .put("WPoStPeriodDeadlines", 48)
                .put("WPoStProvingPeriod", PROVING_PERIOD)
                .put("WPoStChallengeWindow", 60)
                .put("WPoStChallengeLookback", 20)
                .put("FaultDeclarationCutoff", 70);
    }

    private static long offset(Address provider) {
        return provider.number() * 37 % PROVING_PERIOD;
    }

    /** The end of the provider's proving period at or after an epoch: where old nodes end their deals. */
    static long roundedUp(Address provider, long epoch) {
        return epoch + Math.floorMod(offset(provider) - epoch, PROVING_PERIOD);
    }
}
