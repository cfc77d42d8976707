package dev.pinfold.kit;

import dev.pinfold.content.Cid;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

class FakeProviderContractTest extends ProviderTroubleContract {
    @Override
    protected ProviderFactory factory() {
        return new ProviderFactory() {
            @Override
            public String type() {
                return "fake";
            }

            @Override
            public List<Setting> settings() {
                return List.of();
            }

            @Override
            public Provider open(ProviderConfig config) {
                return new FakeProvider(config.id());
            }
        };
    }

    @Override
    protected Map<String, String> deviations() {
        return Map.of(
                "the_factory_is_found_by_the_service_loader",
                "a fake is made by the test that needs it and is no part of a running broker");
    }

    @Override
    protected World newWorld() {
        return new FakeWorld();
    }

    private static final class FakeWorld implements World {
        private final FakeProvider fake = new FakeProvider("fake");

        @Override
        public Provider open(ProviderFactory factory) {
            return fake.closed() ? factory.open(config()) : fake;
        }

        @Override
        public ProviderConfig config() {
            return new ProviderConfig("fake", Map.of(), Path.of("."));
        }

        @Override
        public void offer(Dag dag) {
            fake.network().offer(dag);
        }

        @Override
        public long held(Cid root) {
            return fake.pinsOf(root).size();
        }

        @Override
        public long contacts() {
            return fake.count();
        }

        @Override
        public Set<Trouble> troubles() {
            return EnumSet.of(Trouble.HANG, Trouble.LOSE_REPLY, Trouble.SERVER_ERROR, Trouble.TOO_MANY);
        }

        @Override
        public void cause(Trouble trouble) {
            switch (trouble) {
                case HANG -> fake.plan().everywhere(Behaviour.hold(new Gate()));
                case LOSE_REPLY -> fake.plan().always(ProviderOperation.PIN, new Behaviour.LoseReply(true));
                case SERVER_ERROR -> fake.plan().everywhere(Behaviour.fail(new Failure.Unavailable("broken")));
                case TOO_MANY ->
                    fake.plan().everywhere(Behaviour.fail(new Failure.RateLimited(Duration.ofSeconds(7), "slow down")));
                case REFUSE_CONNECTION, GARBAGE, ENDLESS_ANSWER, WRONG_CREDENTIALS ->
                    throw new UnsupportedOperationException(trouble.name());
            }
        }

        @Override
        public void heal() {
            fake.plan().clear();
        }

        @Override
        public void close() {
            fake.close();
        }
    }
}
