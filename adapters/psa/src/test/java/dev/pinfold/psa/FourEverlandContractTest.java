package dev.pinfold.psa;

import dev.pinfold.kit.Company;
import dev.pinfold.kit.ProviderContract;
import dev.pinfold.kit.World;
import dev.pinfold.spi.ProviderFactory;

class FourEverlandContractTest extends ProviderContract {
    @Override
    protected ProviderFactory factory() {
        return new PsaProviderFactory();
    }

    @Override
    protected World newWorld() {
        return new PsaWorld(Company.FOUR_EVERLAND, "4everland");
    }
}
