package dev.pinfold.broker.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.flow.Eventually;
import dev.pinfold.content.Cid;
import dev.pinfold.content.unixfs.UnixFsOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What readers cost: slow ones, and many at once in little memory. */
class ManyReadersTest {
    private static final int BLOCK = 256 << 10;

    @Test
    void a_reader_who_pauses_costs_what_is_on_its_way_and_goes_on_where_it_was() throws IOException {
        MemoryRetrieval blocks = new MemoryRetrieval();
        byte[] big = Tree.bytes(32 << 20, 17);
        Cid cid = Tree.file(blocks, big, UnixFsOptions.DEFAULT).cid();
        for (String query : List.of("", "?format=car")) {
            try (TestGateway gateway = TestGateway.over(blocks);
                    RawReader slow = RawReader.get(gateway.port(), "/ipfs/" + cid + query, "1.1")) {
                int before = blocks.asked();
                assertThat(slow.read(12)).asString(StandardCharsets.ISO_8859_1).isEqualTo("HTTP/1.1 200");
                int[] last = {-1};
                Eventually.see("nothing more is read ahead", Duration.ofSeconds(60), blocks::asked, asked -> {
                    boolean still = asked == last[0];
                    last[0] = asked;
                    return still && asked > before;
                });
                // The one in hand is let go after a while. The rest is what the sockets of both sides hold.
                Eventually.holds("two blocks are on their way", Duration.ofSeconds(60), () -> gateway.lent() == 2);
                assertThat((long) (blocks.asked() - before) * BLOCK).isLessThan(8L << 20);
                assertThat(slow.read(1024)).hasSize(1024);
                slow.leave();
                Eventually.holds("the read ends", Duration.ofSeconds(60), () -> gateway.reading() == 0);
                Eventually.holds("its blocks are given back", Duration.ofSeconds(60), () -> gateway.lent() == 0);
                Eventually.holds("its flight is closed", Duration.ofSeconds(60), () -> blocks.open() == 0);
            }
        }
    }

    @Test
    void a_reader_who_pauses_gets_all_of_it_in_order_however_much_was_on_its_way() throws Exception {
        MemoryRetrieval blocks = new MemoryRetrieval();
        Cid cid = Tree.file(blocks, Tree.bytes(12 << 20, 18), UnixFsOptions.DEFAULT)
                .cid();
        for (String query : List.of("", "?format=car")) {
            try (TestGateway gateway = TestGateway.over(blocks)) {
                byte[] wanted = gateway.get("/ipfs/" + cid + query).body();
                try (RawReader slow = RawReader.get(gateway.port(), "/ipfs/" + cid + query, "1.0")) {
                    Eventually.holds("it waits", Duration.ofSeconds(60), () -> gateway.lent() == 2);
                    slow.until("\r\n\r\n");
                    assertThat(slow.read(wanted.length)).isEqualTo(wanted);
                    assertThat(slow.read(1)).isEmpty();
                }
            }
        }
    }

    @Test
    void many_readers_of_as_many_files_finish_in_little_memory() throws Exception {
        boolean thorough = Boolean.getBoolean("pinfold.thorough");
        int readers = thorough ? 1000 : 150;
        // Half a MiB per reader, while each file has blocks of up to 1 MiB and 2 MiB in all.
        String heap = (thorough ? 512 : 96) + "m";
        List<String> lines = HostileFixturesTest.run(heap, ManyReadersRun.class, Integer.toString(readers));
        System.out.println(lines);
        assertThat(lines).contains("read " + readers + " right");
    }
}
