package dev.pinfold.psa;

import dev.pinfold.kit.Company;
import dev.pinfold.kit.ProviderContract;
import dev.pinfold.kit.World;
import dev.pinfold.spi.ProviderFactory;
import java.util.Map;

class IpfsClusterContractTest extends ProviderContract {
    @Override
    protected ProviderFactory factory() {
        return new PsaProviderFactory();
    }

    @Override
    protected World newWorld() {
        return new PsaWorld(Company.IPFS_CLUSTER, "generic");
    }

    @Override
    protected Map<String, String> deviations() {
        return Map.of(
                "letting_go_of_one_order_keeps_another_for_the_same_root",
                "ipfs-cluster has one pin per CID, whose id is the CID: letting go of it lets go of all orders");
    }
}
