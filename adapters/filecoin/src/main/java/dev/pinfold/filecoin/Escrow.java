package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.filecoin.LotusNode.Receipt;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.WireException;
import dev.pinfold.http.WireException.Reach;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.Funds;
import dev.pinfold.spi.deal.Preparation;
import java.math.BigInteger;

/** Sees to it that what a deal will take is there before it is proposed. */
final class Escrow {
    /** The market's method that credits escrow. */
    private static final long ADD_BALANCE = 2;

    private static final Address MARKET = Address.ofId(5);

    private final FilecoinSettings settings;
    private final SafeWords words;
    private final LotusNode node;

    Escrow(FilecoinSettings settings, SafeWords words, LotusNode node) {
        this.settings = settings;
        this.words = words;
        this.node = node;
    }

    /** Checks escrow and DataCap, and moves what is missing from the wallet to escrow where the operator allows it. */
    Preparation cover(DealOrder order, DealIds ids, AttoFil promised, Deadline deadline) {
        Funds funds = node.funds(order.client(), deadline);
        if (order.terms().verified()) {
            requireDataCap(order, funds);
        }
        AttoFil missing = order.terms().total().plus(promised).minusOrZero(funds.escrow());
        if (missing.isZero()) {
            return new Preparation.Ready(ids);
        }
        if (!settings.topUpEscrow()) {
            throw lacks("escrow lacks " + missing.inCoins(settings.coin()) + " for a deal of "
                    + order.terms().total().inCoins(settings.coin())
                    + ": add it with 'lotus wallet market add', or set topUpEscrow");
        }
        return topUp(order, ids, missing, funds, deadline);
    }

    /** A legacy node moves coins to escrow by itself. */
    void requireWallet(DealOrder order, Deadline deadline) {
        Funds funds = node.funds(order.client(), deadline);
        if (order.terms().verified()) {
            requireDataCap(order, funds);
        }
        AttoFil missing = order.terms().total().minusOrZero(funds.wallet().plus(funds.escrow()));
        if (!missing.isZero()) {
            throw lacks("wallet and escrow lack " + missing.inCoins(settings.coin()) + " for a deal of "
                    + order.terms().total().inCoins(settings.coin()) + ": send coins to " + order.client());
        }
    }

    void requireDataCap(DealOrder order, Funds funds) {
        BigInteger size = BigInteger.valueOf(order.piece().size().padded());
        if (funds.dataCap().compareTo(size) < 0) {
            throw lacks("the wallet has " + funds.dataCap() + " bytes of DataCap and the deal needs " + size
                    + ": ask an allocator for DataCap, or make deals that are not verified");
        }
    }

    private Preparation topUp(DealOrder order, DealIds ids, AttoFil missing, Funds funds, Deadline deadline) {
        String sent = ids.preparation();
        if (sent != null) {
            Receipt receipt = node.receipt(sent, node.head(deadline), deadline);
            if (receipt == null) {
                return new Preparation.Waiting(ids, "coins are on their way to escrow: message " + sent);
            }
            if (receipt.exitCode() != 0) {
                throw new ProviderException(new Failure.Rejected(words.say(
                        "could not add to escrow: message " + sent + " failed with exit code " + receipt.exitCode(),
                        "")));
            }
        }
        if (missing.isMoreThan(funds.wallet())) {
            throw lacks("the wallet has " + funds.wallet().inCoins(settings.coin()) + " and escrow lacks "
                    + missing.inCoins(settings.coin()) + ": send coins to " + order.client());
        }
        return send(order, ids, missing, deadline);
    }

    /** One message per order and amount, however often it is asked for. */
    private Preparation send(DealOrder order, DealIds ids, AttoFil missing, Deadline deadline) {
        byte[] params =
                new CborOut().bytes(Address.parse(order.client()).bytes()).toBytes();
        ObjectNode message = Messages.unsigned(
                MARKET.text(order.client().charAt(0)), order.client(), missing.toString(), ADD_BALANCE, params);
        try {
            String pending = node.pending(message, deadline);
            String cid =
                    pending != null ? pending : node.push(message, "escrow " + order.key() + " " + missing, deadline);
            return new Preparation.Waiting(
                    ids.withPreparation(cid), "coins are on their way to escrow: message " + cid);
        } catch (LotusError e) {
            throw new ProviderException(node.rpc().failure(e));
        } catch (WireException e) {
            if (e.reach() == Reach.NOT_SENT) {
                throw node.rpc().unreachable("MpoolPushMessage", e);
            }
            throw new ProviderException(new Failure.OutcomeUnknown(
                    order.key(), words.say("did not answer the message that adds to escrow (" + e.what() + ")", "")));
        }
    }

    private ProviderException lacks(String what) {
        return new ProviderException(new Failure.QuotaExceeded(words.say(what, "")));
    }
}
