package dev.pinfold.broker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.broker.config.BrokerConfig.DefaultStatus;
import dev.pinfold.broker.pin.PinQuery;
import dev.pinfold.broker.pin.PinQuery.Match;
import dev.pinfold.broker.pin.PinStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The query of GET /pins: every way in which clients write its parameters (the table of refusals is {@link BadInputTest}). */
class PinQueriesTest {
    private static final String V0 = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG";
    private static final String V1 = dev.pinfold.content.Cid.parse(V0).canonical();
    private static final String OTHER = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

    private static PinQuery read(String query) {
        return read(query, DefaultStatus.AUTO);
    }

    private static PinQuery read(String query, DefaultStatus defaultStatus) {
        MultiMap map = MultiMap.caseInsensitiveMultiMap();
        new QueryStringDecoder("/?" + query).parameters().forEach(map::add);
        return PinQueries.read(map, defaultStatus, 3);
    }

    @Test
    void a_query_without_parameters_asks_for_ten_pinned_pins_of_any_kind_and_time() {
        PinQuery query = read("");
        assertThat(query)
                .isEqualTo(new PinQuery(
                        List.of(),
                        null,
                        Match.EXACT,
                        EnumSet.of(PinStatus.PINNED),
                        0,
                        PinQuery.END_OF_TIME,
                        10,
                        Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "AUTO,name=a,4",
        "AUTO,cid=" + OTHER + ",1",
        "AUTO,'',1",
        "PINNED,name=a,1",
        "ALL,'',4",
        "ALL,status=failed,1",
        "AUTO,name=,1"
    })
    void what_a_missing_status_means_is_configured(DefaultStatus defaultStatus, String query, int states) {
        assertThat(read(query, defaultStatus).statuses()).hasSize(states);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status=queued,failed",
                "status=queued%2Cfailed",
                "status=failed&status=queued",
                "status=failed,queued&status=failed",
                "status=queued,%20failed"
            })
    void states_come_as_csv_or_repeated_or_both(String query) {
        assertThat(read(query).statuses()).containsExactlyInAnyOrder(PinStatus.QUEUED, PinStatus.FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cid=" + V0 + "," + OTHER, "cid=" + V0 + "%2C" + OTHER, "cid=" + V0 + "&cid=" + OTHER})
    void cids_are_compared_in_their_canonical_form(String query) {
        assertThat(read(query).contents()).containsExactly(V1, OTHER);
    }

    @Test
    void a_cid_that_is_named_twice_counts_once() {
        assertThat(read("cid=" + V0 + "," + V1 + "," + V0).contents()).containsExactly(V1);
    }

    @ParameterizedTest
    @CsvSource({"exact,EXACT", "iexact,IEXACT", "partial,PARTIAL", "ipartial,IPARTIAL"})
    void every_way_of_matching_has_its_word(String word, Match match) {
        assertThat(read("name=a&match=" + word).match()).isEqualTo(match);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 999, 1000})
    void limits_within_the_bounds_are_taken(int limit) {
        assertThat(read("limit=" + limit).limit()).isEqualTo(limit);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-07-27T17:32:28.276Z,276,277",
        "2026-07-27T17:32:28.276%2B00:00,276,277",
        "2026-07-27T17:32:28.276+00:00,276,277",
        "2026-07-27T15:32:28.276-02:00,276,277",
        "2026-07-27T17:32:28.276000000Z,276,277",
        "2026-07-27T17:32:28.276000001Z,277,277",
        "2026-07-27T17:32:28.275999999Z,276,276",
    })
    void moments_between_milliseconds_are_rounded_so_that_they_exclude_nothing_else(
            String text, int before, int after) {
        long second = Instant.parse("2026-07-27T17:32:28Z").toEpochMilli();
        assertThat(read("before=" + text).to()).isEqualTo(second + before);
        assertThat(read("after=" + text).from()).isEqualTo(second + after);
    }

    @Test
    void moments_beyond_any_pin_are_taken_too() {
        assertThat(read("after=0001-01-01T00:00:00Z").from()).isZero();
        assertThat(read("before=0001-01-01T00:00:00Z").to()).isNegative();
        assertThat(read("after=9999-12-31T23:59:59Z").from())
                .isGreaterThan(Instant.now().toEpochMilli());
        assertThat(read("before=%2B999999999-12-31T23:59:59Z").to()).isEqualTo(PinQuery.END_OF_TIME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "meta=%7B%22app_id%22%3A%22x%22%2C%22b%22%3A%22%22%7D",
                "meta%5Bapp_id%5D=x&meta%5Bb%5D=",
                "meta[app_id]=x&meta[b]=",
                "meta=map[app_id:x b:]",
                "meta=map%5Bb%3A+app_id%3Ax%5D",
                "meta=map[b:]&meta[app_id]=x"
            })
    void meta_comes_as_json_as_deep_object_or_as_a_go_map(String query) {
        assertThat(read(query).meta()).isEqualTo(Map.of("app_id", "x", "b", ""));
    }

    @Test
    void meta_keeps_the_case_and_the_brackets_of_its_keys() {
        assertThat(read("meta[App]=1&meta[app]=2&meta[a[b]]=3").meta())
                .isEqualTo(Map.of("App", "1", "app", "2", "a[b]", "3"));
        assertThat(read("meta=map[url:http://x:80]").meta()).isEqualTo(Map.of("url", "http://x:80"));
        assertThat(read("meta=map[]").meta()).isEmpty();
        assertThatThrownBy(() -> read("meta[a]=1&meta[b]=1&meta[c]=1&meta[d]=1"))
                .hasMessageContaining("3 keys");
    }

    @Test
    void parameters_that_nobody_knows_are_ignored() {
        assertThat(read("utm_source=x&page=2")).isEqualTo(read(""));
    }
}
