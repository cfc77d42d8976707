package dev.pinfold.broker.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.provider.GuardSettings;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.provider.ProviderSpec;
import dev.pinfold.broker.provider.TimeSource;
import dev.pinfold.broker.retrieval.Verification.Missing;
import dev.pinfold.broker.retrieval.Verification.Unreachable;
import dev.pinfold.broker.retrieval.Verification.Unverifiable;
import dev.pinfold.broker.retrieval.Verification.Verified;
import dev.pinfold.broker.retrieval.Verification.WrongBytes;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.HashFunction;
import dev.pinfold.content.Multihash;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class VerifierTest {
    private static final Vertx VERTX = Vertx.vertx();
    private final Blocks file = Blocks.file(1, 100_000);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Metrics metrics = new Metrics(meters);

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private Verification verify(SourceAdapter adapter, Cid root, int samples, long seed) {
        ProviderSpec spec = new ProviderSpec(
                "p", "test", Map.of(), new ProviderConfig("p", Map.of(), Path.of(".")), GuardSettings.defaults());
        GuardedProvider provider = new GuardedProvider(spec, adapter, VERTX, TimeSource.system(), metrics);
        return new Verifier(metrics)
                .verify(provider, root, samples, new Random(seed), Deadline.after(Duration.ofSeconds(20)));
    }

    @Test
    void an_honest_provider_is_verified_by_the_root_and_as_many_blocks_as_asked() {
        SourceAdapter honest = SourceAdapter.blocks(file::find);
        Verification result = verify(honest, file.root, 10, 1);
        assertThat(result).isInstanceOf(Verified.class);
        assertThat(((Verified) result).blocks()).isEqualTo(11);
        assertThat(honest.asked).startsWith(file.root).doesNotHaveDuplicates().hasSize(11);
        assertThat(meters.get("pinfold.verify")
                        .tag("result", "verified")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void the_same_seed_takes_the_same_blocks_and_another_takes_others() {
        SourceAdapter first = SourceAdapter.blocks(file::find);
        SourceAdapter second = SourceAdapter.blocks(file::find);
        SourceAdapter third = SourceAdapter.blocks(file::find);
        verify(first, file.root, 10, 1);
        verify(second, file.root, 10, 1);
        verify(third, file.root, 10, 2);
        assertThat(second.asked).isEqualTo(first.asked);
        assertThat(third.asked).isNotEqualTo(first.asked);
    }

    @Test
    void a_provider_that_has_only_the_root_is_caught() {
        Verification result =
                verify(SourceAdapter.blocks(cid -> cid.equals(file.root) ? file.find(cid) : null), file.root, 1, 3);
        assertThat(result).isInstanceOf(Missing.class);
        assertThat(((Missing) result).cid()).isNotEqualTo(file.root);
    }

    @Test
    void a_provider_that_has_nothing_is_caught() {
        assertThat(verify(SourceAdapter.blocks(cid -> null), file.root, 3, 3)).isEqualTo(new Missing(file.root));
        byte[] empty = Blocks.car(List.of(file.root), List.of());
        assertThat(verify(SourceAdapter.cars(cid -> new ByteArrayInputStream(empty)), file.root, 3, 3))
                .isEqualTo(new Missing(file.root));
    }

    @Test
    void wrong_bytes_are_caught_with_evidence() {
        Verification result = verify(SourceAdapter.blocks(cid -> new byte[] {1, 2, 3}), file.root, 3, 3);
        assertThat(result).isInstanceOf(WrongBytes.class);
        assertThat(((WrongBytes) result).cid()).isEqualTo(file.root);
        assertThat(((WrongBytes) result).evidence()).startsWith("3 bytes came whose hash is sha2-256:039058c6");
        assertThat(verify(
                        SourceAdapter.cars(cid -> new ByteArrayInputStream(
                                Blocks.car(List.of(cid), List.of(Block.of(Codec.RAW, new byte[] {9}))))),
                        file.root,
                        3,
                        3))
                .isInstanceOf(WrongBytes.class);
        assertThat(verify(
                        SourceAdapter.cars(cid -> {
                            byte[] car = file.car();
                            car[120] ^= 1;
                            return new ByteArrayInputStream(car);
                        }),
                        file.root,
                        3,
                        3))
                .isInstanceOf(WrongBytes.class);
    }

    @Test
    void cars_do_where_blocks_are_not_served() {
        SourceAdapter cars = SourceAdapter.cars(cid -> {
            try {
                return new ByteArrayInputStream(GatewayStub.carBelow(cid, file));
            } catch (java.io.IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(verify(cars, file.root, 5, 3)).isInstanceOf(Verified.class);
    }

    @Test
    void a_single_block_and_a_root_in_its_cid_are_verified() {
        Block block = Block.of(Codec.RAW, new byte[] {1});
        assertThat(verify(SourceAdapter.blocks(cid -> block.bytes()), block.cid(), 5, 3))
                .isEqualTo(new Verified(1, 1));
        Cid inline = Cid.v1(Codec.RAW, Multihash.of(HashFunction.IDENTITY, new byte[] {1}));
        assertThat(verify(SourceAdapter.blocks(cid -> null), inline, 5, 3)).isEqualTo(new Verified(0, 0));
    }

    @Test
    void what_cannot_be_told_is_not_called_verified_nor_missing() {
        assertThat(verify(SourceAdapter.mute(), file.root, 5, 3)).isInstanceOf(Unverifiable.class);
        Cid unknown = Cid.v1(Codec.RAW, Multihash.of(0x1015, new byte[32]));
        assertThat(verify(SourceAdapter.blocks(cid -> new byte[1]), unknown, 5, 3))
                .isInstanceOf(Unverifiable.class);
        SourceAdapter plain = SourceAdapter.blocks(cid -> {
            throw new ProviderException(new Failure.Unsupported(Capability.RETRIEVE_RAW, "it serves files"));
        });
        assertThat(verify(plain, file.root, 5, 3)).isEqualTo(new Unverifiable("p: it serves files"));
        SourceAdapter down = SourceAdapter.blocks(cid -> {
            throw new ProviderException(new Failure.Unavailable("down"));
        });
        assertThat(verify(down, file.root, 5, 3)).isEqualTo(new Unreachable(new Failure.Unavailable("down")));
    }
}
