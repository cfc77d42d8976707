package dev.pinfold.broker.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.retrieval.ColdCopies.Way;
import dev.pinfold.content.Cid;
import dev.pinfold.kit.Dag;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cold copies are tried one after the other until the bytes of one are right. */
class ThawingTest {
    private final Dag wanted = Dag.file(1, 20, 4_000);
    private final List<String> refused = new ArrayList<>();
    private final List<String> opened = new ArrayList<>();

    @TempDir
    Path folder;

    @org.jspecify.annotations.Nullable
    private Staging staging;

    @BeforeEach
    void open() throws Exception {
        staging = Staging.open(folder, new Staging.Limits(10 << 20, 0, 100_000));
    }

    private Way way(String name, ColdCopies.Opening opening) {
        return new Way(
                name,
                limit -> {
                    opened.add(name);
                    return opening.open(limit);
                },
                evidence -> refused.add(name + ": " + evidence));
    }

    private Way giving(String name, byte[] car) {
        return way(name, limit -> new ByteArrayInputStream(car));
    }

    private Optional<Staged> bring(Way... ways) {
        ColdCopies copies = new ColdCopies() {
            @Override
            public Optional<InputStream> open(Cid root) {
                return Optional.empty();
            }

            @Override
            public List<Way> ways(Cid root) {
                return List.of(ways);
            }
        };
        return Thawing.bring(copies, java.util.Objects.requireNonNull(staging), wanted.root());
    }

    private byte[] flipped() {
        byte[] car = wanted.car();
        car[car.length - 100] ^= 1;
        return car;
    }

    @Test
    void the_first_copy_that_is_right_is_staged_and_no_other_is_asked() throws Exception {
        Staged staged =
                bring(giving("one", wanted.car()), giving("two", wanted.car())).orElseThrow();
        assertThat(staged.root()).isEqualTo(wanted.root());
        assertThat(staged.open().readAllBytes()).isEqualTo(wanted.car());
        assertThat(opened).containsExactly("one");
    }

    @Test
    void a_liar_is_refused_by_hash_and_told_and_the_next_is_asked() {
        assertThat(bring(giving("liar", flipped()), giving("honest", wanted.car())))
                .isPresent();
        assertThat(refused).singleElement().asString().startsWith("liar: ");
    }

    @Test
    void a_copy_that_is_cut_short_or_away_is_no_liar() {
        byte[] half = Arrays.copyOf(wanted.car(), wanted.car().length / 2);
        Way away = way("away", limit -> {
            throw new ProviderException(new Failure.Unavailable("nobody is there"));
        });
        assertThat(bring(giving("cut", half), away, giving("honest", wanted.car())))
                .isPresent();
        assertThat(opened).containsExactly("cut", "away", "honest");
        assertThat(refused).isEmpty();
    }

    @Test
    void something_else_that_is_right_by_its_own_name_is_not_taken() {
        Dag other = Dag.text("something else");
        assertThat(bring(giving("other", other.car()))).isEmpty();
        assertThat(refused).singleElement().asString().contains("not of " + wanted.root());
        assertThat(java.util.Objects.requireNonNull(staging).all()).isEmpty();
    }
}
