package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import java.math.BigInteger;
import java.util.List;

/** What a message does when a tipset takes it in. Gas costs nothing here. */
sealed interface Effect {
    /** Moves attoFIL between wallets. */
    record Send(Address to, BigInteger value) implements Effect {}

    /** Moves attoFIL from the sender's wallet to somebody's escrow in the market. */
    record AddBalance(Address to, BigInteger value) implements Effect {}

    /** Moves free attoFIL from escrow back to its owner's wallet. */
    record Withdraw(Address from, BigInteger value) implements Effect {}

    /** A provider publishes a deal; the client's escrow pays for it. */
    record Publish(DealProposal proposal, Cid signedCid) implements Effect {}

    /** A provider has sealed a published deal. */
    record Activate(Cid signedCid) implements Effect {}

    /** A provider has sealed a piece for which there is an allocation. */
    record ClaimPiece(long allocation, long provider) implements Effect {}

    /** A client sets DataCap aside for pieces. */
    record Allocate(List<Allocation> wanted) implements Effect {}

    /** A provider gives up a sector that holds a deal: the deal ends at once, the provider pays. */
    record Terminate(long deal, boolean leavesTrace) implements Effect {}

    /** A message that no actor understands: it fails. */
    record Senseless(String why) implements Effect {}
}
