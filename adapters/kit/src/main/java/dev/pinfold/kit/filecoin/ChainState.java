package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything the chain knows at one height. Immutable, so that a reorganisation is going back to an older one. Addresses
 * are kept as their owners' keys, or as numbers for storage providers.
 *
 * @param wallets attoFIL outside of the market
 * @param escrow attoFIL in the market, locked or not, less what providers earned from deals that have ended
 * @param dataCap bytes
 * @param receipts of the messages that are in the chain, by their CID
 */
record ChainState(
        Map<Long, MarketDeal> deals,
        Map<Address, BigInteger> wallets,
        Map<Address, BigInteger> escrow,
        Map<Address, BigInteger> dataCap,
        Map<Long, Allocation> allocations,
        Map<Long, Claim> claims,
        Map<Cid, Receipt> receipts,
        long nextDeal,
        long nextAllocation,
        long nextSector) {

    static ChainState empty() {
        return new ChainState(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), 1, 1, 1);
    }

    ChainState deal(MarketDeal deal) {
        return deals(with(deals, deal.id(), deal), Math.max(nextDeal, deal.id() + 1));
    }

    ChainState withoutDeal(long id) {
        return deals(with(deals, id, null), nextDeal);
    }

    private ChainState deals(Map<Long, MarketDeal> now, long next) {
        return new ChainState(
                now, wallets, escrow, dataCap, allocations, claims, receipts, next, nextAllocation, nextSector);
    }

    ChainState wallet(Address owner, BigInteger amount) {
        Map<Address, BigInteger> now = with(wallets, owner, amount);
        return new ChainState(
                deals, now, escrow, dataCap, allocations, claims, receipts, nextDeal, nextAllocation, nextSector);
    }

    ChainState escrow(Address owner, BigInteger amount) {
        Map<Address, BigInteger> now = with(escrow, owner, amount);
        return new ChainState(
                deals, wallets, now, dataCap, allocations, claims, receipts, nextDeal, nextAllocation, nextSector);
    }

    ChainState dataCap(Address owner, BigInteger bytes) {
        Map<Address, BigInteger> now = with(dataCap, owner, bytes);
        return new ChainState(
                deals, wallets, escrow, now, allocations, claims, receipts, nextDeal, nextAllocation, nextSector);
    }

    ChainState allocation(Allocation allocation) {
        Map<Long, Allocation> now = with(allocations, allocation.id(), allocation);
        long next = Math.max(nextAllocation, allocation.id() + 1);
        return new ChainState(deals, wallets, escrow, dataCap, now, claims, receipts, nextDeal, next, nextSector);
    }

    ChainState withoutAllocation(long id) {
        Map<Long, Allocation> now = with(allocations, id, null);
        return new ChainState(
                deals, wallets, escrow, dataCap, now, claims, receipts, nextDeal, nextAllocation, nextSector);
    }

    /** Turns an allocation into a claim. */
    ChainState claim(Claim claim) {
        Map<Long, Claim> now = with(claims, claim.allocation().id(), claim);
        return new ChainState(
                        deals,
                        wallets,
                        escrow,
                        dataCap,
                        allocations,
                        now,
                        receipts,
                        nextDeal,
                        nextAllocation,
                        nextSector)
                .withoutAllocation(claim.allocation().id());
    }

    ChainState withoutClaim(long id) {
        Map<Long, Claim> now = with(claims, id, null);
        return new ChainState(
                deals, wallets, escrow, dataCap, allocations, now, receipts, nextDeal, nextAllocation, nextSector);
    }

    ChainState receipt(Cid message, Receipt receipt) {
        Map<Cid, Receipt> now = with(receipts, message, receipt);
        return new ChainState(
                deals, wallets, escrow, dataCap, allocations, claims, now, nextDeal, nextAllocation, nextSector);
    }

    ChainState sectorTaken() {
        return new ChainState(
                deals,
                wallets,
                escrow,
                dataCap,
                allocations,
                claims,
                receipts,
                nextDeal,
                nextAllocation,
                nextSector + 1);
    }

    @Nullable
    MarketDeal dealOf(Cid signedCid) {
        for (MarketDeal deal : deals.values()) {
            if (deal.signedCid().equals(signedCid)) {
                return deal;
            }
        }
        return null;
    }

    BigInteger walletOf(Address owner) {
        return wallets.getOrDefault(owner, BigInteger.ZERO);
    }

    /** All that is in escrow at this epoch, after what providers have earned so far. */
    BigInteger escrowOf(Address owner, long epoch) {
        BigInteger paid = BigInteger.ZERO;
        for (MarketDeal deal : deals.values()) {
            if (deal.proposal().client().equals(owner)) {
                paid = paid.add(deal.paid(epoch));
            }
        }
        return escrow.getOrDefault(owner, BigInteger.ZERO).subtract(paid);
    }

    BigInteger lockedOf(Address owner, long epoch) {
        BigInteger locked = BigInteger.ZERO;
        for (MarketDeal deal : deals.values()) {
            if (deal.proposal().client().equals(owner)) {
                locked = locked.add(deal.stillLocked(epoch));
            } else if (deal.proposal().provider().equals(owner) && deal.slashedAt() < 0) {
                locked = locked.add(deal.proposal().providerCollateral());
            }
        }
        return locked;
    }

    BigInteger freeOf(Address owner, long epoch) {
        return escrowOf(owner, epoch).subtract(lockedOf(owner, epoch));
    }

    private static <K, V> Map<K, V> with(Map<K, V> map, K key, @Nullable V value) {
        Map<K, V> copy = new HashMap<>(map);
        if (value == null) {
            copy.remove(key);
        } else {
            copy.put(key, value);
        }
        return java.util.Collections.unmodifiableMap(copy);
    }
}
