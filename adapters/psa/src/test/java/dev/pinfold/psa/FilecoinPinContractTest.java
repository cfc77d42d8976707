package dev.pinfold.psa;

import dev.pinfold.kit.Company;
import dev.pinfold.kit.ProviderTroubleContract;
import dev.pinfold.kit.World;
import dev.pinfold.spi.ProviderFactory;

class FilecoinPinContractTest extends ProviderTroubleContract {
    @Override
    protected ProviderFactory factory() {
        return new PsaProviderFactory();
    }

    @Override
    protected World newWorld() {
        return new PsaWorld(Company.FILECOIN_PIN, "filecoin-pin");
    }
}
