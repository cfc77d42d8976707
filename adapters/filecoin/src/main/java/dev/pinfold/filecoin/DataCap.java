package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.deal.DealOrder;
import java.math.BigInteger;

/**
 * Setting aside DataCap for one deal: a transfer to the verified registry, whose operator data asks for the allocation.
 * Sources: FRC-0046 (token), FIP-0045 (allocations), FRC-0042 (method numbers).
 */
final class DataCap {
    /** FRC-0042 number of {@code Transfer}. */
    static final long TRANSFER = 80_475_954L;

    /** The registry that takes the transfer, as bytes of its address. */
    private static final Address REGISTRY = Address.ofId(6);
    /** The actor of DataCap tokens. */
    private static final Address TOKEN = Address.ofId(7);

    /** One byte of DataCap is one whole token of 18 decimals. */
    private static final BigInteger TOKENS_PER_BYTE = BigInteger.TEN.pow(18);

    private DataCap() {}

    /**
     * What is set aside.
     *
     * @param termMin the least, and {@code termMax} the most epochs the storage provider must keep it
     * @param expiration the last epoch at which it may be claimed
     */
    record Allocation(long provider, Cid piece, long paddedBytes, long termMin, long termMax, long expiration) {
        /**
         * The allocation for an order. Its terms are the deal's exact length: Curio wants both at most the deal's duration,
         * and the chain wants at least the usual minimum.
         */
        static Allocation of(DealOrder order) {
            long duration = order.terms().duration();
            return new Allocation(
                    Address.parse(order.provider()).number(),
                    order.piece().pieceCid(),
                    order.piece().size().padded(),
                    duration,
                    duration,
                    order.terms().start().height());
        }

        byte[] operatorData() {
            return new CborOut()
                    .array(2)
                    .array(1)
                    .array(6)
                    .integer(provider)
                    .link(piece)
                    .integer(paddedBytes)
                    .integer(termMin)
                    .integer(termMax)
                    .integer(expiration)
                    .array(0)
                    .toBytes();
        }

        byte[] transferParams() {
            return new CborOut()
                    .array(3)
                    .bytes(REGISTRY.bytes())
                    .amount(BigInteger.valueOf(paddedBytes).multiply(TOKENS_PER_BYTE))
                    .bytes(operatorData())
                    .toBytes();
        }

        /** The message that asks for it; the node fills in nonce and gas. */
        ObjectNode message(String client) {
            return Messages.unsigned(TOKEN.text(client.charAt(0)), client, "0", TRANSFER, transferParams());
        }
    }
}
