package dev.pinfold.broker.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.Setting;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class FleetTest {
    private static final Vertx VERTX = Vertx.vertx();
    private final List<TestAdapter> opened = new ArrayList<>();
    private final ProviderFactory factory = new ProviderFactory() {
        @Override
        public String type() {
            return "test";
        }

        @Override
        public List<Setting> settings() {
            return List.of();
        }

        @Override
        public Provider open(ProviderConfig config) {
            if (config.id().startsWith("bad")) {
                throw new IllegalArgumentException("setting 'endpoint' is not a URL");
            }
            opened.add(new TestAdapter());
            return opened.getLast();
        }
    };

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private static ProviderSpec spec(String id, String type) {
        return new ProviderSpec(
                id, type, Map.of(), new ProviderConfig(id, Map.of(), Path.of(".")), GuardSettings.defaults());
    }

    private Fleet fleet(ProviderSpec... specs) {
        Metrics metrics = new Metrics(new SimpleMeterRegistry());
        return Fleet.open(List.of(specs), Map.of("test", factory), VERTX, TimeSource.system(), metrics);
    }

    @Test
    void providers_come_in_the_order_of_the_configuration_and_are_found_by_id() {
        try (Fleet fleet = fleet(spec("z", "test"), spec("a", "test"))) {
            assertThat(fleet.all()).extracting(GuardedProvider::id).containsExactly("z", "a");
            assertThat(fleet.find("a")).isPresent();
            assertThat(fleet.find("b")).isEmpty();
        }
        assertThat(opened).allMatch(adapter -> adapter.closed);
    }

    @Test
    void every_problem_is_named_at_once_and_nothing_stays_open() {
        assertThatThrownBy(() -> fleet(spec("a", "test"), spec("a", "test"), spec("bad1", "test"), spec("c", "tset")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a' is there twice")
                .hasMessageContaining("'bad1': setting 'endpoint' is not a URL")
                .hasMessageContaining("'c': there is no adapter 'tset'; known are test");
        assertThat(opened).allMatch(adapter -> adapter.closed);
    }
}
