package dev.pinfold.filecoin;

import dev.pinfold.spi.deal.DealTrouble;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads why a deal was refused or failed: the other side says it in words only. The first rule that fits wins. */
final class Rejections {
    private record Rule(Pattern words, DealTrouble trouble) {}

    private static final List<Rule> RULES = List.of(
            rule("asking price|price.*(less than|below|lower)", DealTrouble.PRICE),
            rule("piece size|deal size|sector('s)? size|fit in a sector", DealTrouble.PIECE_SIZE),
            rule(
                    "not accepting|not considering|disabled|not enabled|not allowed|not available|filter|denied",
                    DealTrouble.NOT_ACCEPTING),
            rule("data ?cap|allocation", DealTrouble.DATACAP),
            rule("fund|escrow|balance|collateral", DealTrouble.FUNDS),
            rule("start epoch|already elapsed|too soon|too early", DealTrouble.START),
            rule("commp|piece ?cid|transfer|fetch|download", DealTrouble.DATA));

    private Rejections() {}

    private static Rule rule(String words, DealTrouble trouble) {
        return new Rule(Pattern.compile(words, Pattern.DOTALL), trouble);
    }

    static DealTrouble read(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        for (Rule rule : RULES) {
            if (rule.words().matcher(lower).find()) {
                return rule.trouble();
            }
        }
        return DealTrouble.OTHER;
    }
}
