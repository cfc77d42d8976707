package dev.pinfold.kit.filecoin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of a node; the first is the default. Guarded by the lock of the chain. */
final class Wallet {
    private final Map<Address, TestKey> keys = new LinkedHashMap<>();

    void add(TestKey key) {
        keys.put(key.address(), key);
    }

    List<Address> addresses() {
        return List.copyOf(keys.keySet());
    }

    @Nullable
    TestKey find(Address address) {
        return keys.get(address);
    }

    TestKey require(Address address) {
        TestKey key = keys.get(address);
        if (key == null) {
            throw RpcError.failed("wallet: key not found: " + address);
        }
        return key;
    }
}
