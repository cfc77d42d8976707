package dev.pinfold.content.piece;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commitments and piece CIDs that other implementations computed. */
class VectorsTest {
    /** The largest payload of public test data that is computed: larger ones need minutes and prove nothing new. */
    private static final int LARGEST = 20 << 20;

    @ParameterizedTest
    @CsvSource({
        "counter251, 65, bafkzcibchybf6367oipoivsx6vr7ozaogsas7r6zaf22o4egyyy4jkcazlnyona",
        "counter251, 128, bafkzcibcpybqj7qkb57afev2spxmfdh2s3arntdku6yeeipwuhmsv4pnfgbewmy",
        "counter251, 254, bafkzcibcaab7ghqm27x44irg4malohy6q3dbidvuvcfqmxciserl6wjuhk7h4ki",
        "counter251, 255, bafkzcibd7uaqjmtt4eyog4tbtktyg4x5po7elebvcmixf4oc3dpgfxttc6oqj3a7",
        "counter251, 508, bafkzcibcaacn3754ulapgpsug6pm3vg2krgnda2pc7hujdu3iwoa24uxfll5qmq",
        "counter251, 1017, bafkzcibd64dqnk4pnfu4uz4y4o7bkjtyom6vqrggk7zobk2tifuk4wf6gf2ztgag",
        "counter251, 10485760, bafkzcibfqcapqaqtbiup7nmjzbsca5i4ygqng3m5jnxdinyjrurqphfg3o42zr47kyqa",
        "zeros, 1048576, bafkzcibeqcad6egqwuynxmfu6jof2lzkfdp65aelknasuautd4mmjgpvujkaq2ytey",
        "zeros, 0, bafkzcibcp4bdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy",
        "zeros, 128, bafkzcibcpybwiktap34inmaex4wbs6cghlq5i2j2yd2bb2zndn5ep7ralzphkdy",
        "ff, 64, bafkzcibch4biies7krvc6sqsj7sxrn2gsturjtlx3srht4kikwy3stgtn4t3mni",
        "ff, 127, bafkzcibcaabglc5ree3ir5ctv5iixkmc7fxgcupq2wxawjqyyfbyikv3z2jdwoi",
        "ff, 254, bafkzcibcaab3d47yxkfaet4n4zernkeru6fdy37zyuvwv2ced3terj7cguia2py",
        "ff, 1000, bafkzcibccacsy2gxydkvyuq34uwhhmlz3pdzrkmfvvsj66eqbfacrlzha5ymipa",
        "counter256, 127, bafkzcibcaablqfyjsvd3rrmqmd7n4f7i73ybzuxfq4p4za6lft2jeaaaaguxefq",
        "counter256, 1048576, bafkzcibeqcad6edm622blsi5azq3dfdtoxjme5pem6ifnngxatsqd4azefcxmsdtg4",
        "counter256, 1040384, bafkzcibcaaht7uoq5vhrd6xlxysjha7huvkqta67hxeqs2ln3ujgfqfdnezkoay",
        "lcg, 1000003, bafkzcibexw5qed3abwn3l3oz4simysscdeb2jmgq4hhbxqve5utxc7eip6dixqujc4",
        "lcg, 99999, bafkzcibe4hvacdarjzoarqsrmaqpnckslno55qvl7xj3sooicxl6f5ryi6d5ajmxbm",
        "lcg, 1048576, bafkzcibeqcad6ed7h2nmp6gpyje6d3mfovdwmvkykd5vk4tc3sau2bgqsdq7jv5xge",
        "lcg, 5000000, bafkzcibfydu4uaisqqk26abyfshaig73lbebsrtaflsfkzrwo2mux4f4lkhjpv2utm4a"
    })
    void a_payload_has_the_piece_cid_that_others_give_it(String recipe, int size, String cid) {
        assertThat(Payloads.piece(Payloads.of(recipe, size)).cidV2()).hasToString(cid);
    }

    @ParameterizedTest
    @CsvSource({
        "96, 128, baga6ea4seaqhwcjhi4krhl3ht6dewnwevkpxbepxy7p7onwgz65t52typbsysby",
        "127, 128, baga6ea4seaqmfldjtozgne6adk7eve2vdxte7vzlivae7nzsbrawobo546zkijq",
        "255, 512, baga6ea4seaqg7celu5y2iwbi2ra5koygvotxtzr5lj6vzvxi6gfub6mpa6niwpi"
    })
    void repeated_bytes_have_the_commitment_and_size_of_the_public_tables(int payload, long padded, String cid) {
        Piece piece = Payloads.piece(Payloads.of("cc", payload));
        assertThat(piece.cidV1()).hasToString(cid);
        assertThat(piece.size().padded()).isEqualTo(padded);
    }

    @Test
    void the_example_of_frc_0069_has_its_two_cids() {
        Piece piece = Payloads.piece(quarters(4 * 127));
        assertThat(piece.cidV1()).hasToString("baga6ea4seaqes3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi");
        assertThat(piece.cidV2()).hasToString("bafkzcibcaaces3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi");
        assertThat(Payloads.piece(quarters(8 * 127)).cidV2())
                .hasToString("bafkzcibcaac542av3szurbbscwuu3zjssvfwbpsvbjf6y3tukvlgl2nf5rha6pa");
    }

    /** 127 bytes each of 0, 1, 2 and 3, then zeros. */
    private static byte[] quarters(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < 4 * 127; i++) {
            bytes[i] = (byte) (i / 127);
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        "34359738368, baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq",
        "68719476736, baga6ea4seaqomqafu276g53zko4k23xzh4h4uecjwicbmvhsuqi7o4bhthhm4aq"
    })
    void an_empty_sector_has_its_known_commitment(long padded, String cid) {
        Node zero = ZeroNodes.at(PieceSize.ofPadded(padded).height());
        assertThat(PieceCid.v1(zero)).hasToString(cid);
        assertThat(PieceHasher.sequential().finish(PieceSize.ofPadded(padded)).commitment())
                .isEqualTo(zero);
    }

    @Test
    void an_empty_sector_of_32_GiB_has_its_known_version_2_cid() {
        PieceSize size = PieceSize.ofPadded(32L << 30);
        assertThat(new Piece(ZeroNodes.at(size.height()), size, size.unpadded()).cidV2())
                .hasToString("bafkzcibcaapao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0xCC.txt", "zero.txt"})
    void all_of_the_public_test_data_up_to_20_MiB_is_reproduced(String file) throws IOException {
        List<String> lines =
                Files.readAllLines(Shared.require("data/commp-testdata").resolve(file));
        int checked = 0;
        for (String line : lines) {
            String[] parts = line.split(",", -1);
            int payload = Math.toIntExact(Long.parseLong(parts[0]));
            if (payload <= LARGEST) {
                Piece piece = Payloads.piece(Payloads.of(file.startsWith("0") ? "cc" : "zeros", payload));
                assertThat(piece.cidV1()).as(line).hasToString(parts[2]);
                assertThat(piece.size().padded()).as(line).isEqualTo(Long.parseLong(parts[1]));
                checked++;
            }
        }
        assertThat(checked).isGreaterThanOrEqualTo(15);
    }

    @Test
    void the_zero_commitments_of_every_height_are_those_of_the_table() throws IOException {
        String table = Files.readString(Shared.require("vectors/commp.json"));
        Matcher found = Pattern.compile(
                        "\"height\":\\s*(\\d+),\\s*\"paddedSize\":\\s*\\d+,\\s*\"hex\":\\s*\"([0-9a-f]{64})\"")
                .matcher(table);
        Map<Integer, String> heights = new HashMap<>();
        while (found.find()) {
            heights.put(Integer.valueOf(found.group(1)), found.group(2));
        }
        assertThat(heights).hasSize(37);
        heights.forEach((height, hex) -> assertThat(ZeroNodes.at(height)).hasToString(hex));
    }

    @Test
    void every_vector_beside_the_checkout_is_reproduced() throws IOException {
        Path file = Shared.require("vectors/commp.json");
        Matcher found = Pattern.compile(
                        "\"recipe\":\\s*\"(\\w+)\",\\s*\"size\":\\s*(\\d+),[^}]*?\"pieceCidV1\":\\s*\"(\\w+)\""
                                + ",\\s*\"pieceCidV2\":\\s*\"(\\w+)\"")
                .matcher(Files.readString(file));
        int checked = 0;
        while (found.find()) {
            Piece piece = Payloads.piece(Payloads.of(found.group(1), Integer.parseInt(found.group(2))));
            assertThat(piece.cidV1()).as(found.group()).isEqualTo(Cid.parse(found.group(3)));
            assertThat(piece.cidV2()).as(found.group()).isEqualTo(Cid.parse(found.group(4)));
            checked++;
        }
        assertThat(checked).isEqualTo(19);
    }
}
