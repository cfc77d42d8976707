package dev.pinfold.filecoin;

import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealRef;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.Preparation;

/** One way to make a deal, from its preparation to its end. As {@link dev.pinfold.spi.deal.DealMaker} says. */
sealed interface DealRoad permits LegacyDeals, Mk12Deals, Mk20Deals {
    Preparation prepare(DealOrder order, DealIds ids, CarSource car, AttoFil promised, Deadline deadline);

    DealSighting propose(DealOrder order, DealIds ids, Deadline deadline);

    DealSighting observe(DealRef ref, Deadline deadline);

    void release(DealRef ref, Deadline deadline);
}
