package dev.pinfold.psa;

import dev.pinfold.kit.Company;
import dev.pinfold.kit.ProviderTroubleContract;
import dev.pinfold.kit.World;
import dev.pinfold.spi.ProviderFactory;

class PinataContractTest extends ProviderTroubleContract {
    @Override
    protected ProviderFactory factory() {
        return new PsaProviderFactory();
    }

    @Override
    protected World newWorld() {
        return new PsaWorld(Company.PINATA, "pinata").with("pageSize", "10");
    }
}
