package dev.pinfold.policy.document;

import static dev.pinfold.policy.document.Field.optional;

import dev.pinfold.policy.Money;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Spending;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The shape of {@code request.json}: one pin that wants a placement. */
final class RequestShapes {
    private RequestShapes() {}

    private static final Shape<String> ANY = Scalars.text("a text of at most 4096 characters", "(?s).{0,4096}");
    private static final Shape<SortedMap<String, String>> TEXTS =
            Shapes.map("key", Pattern.compile("(?s).{1,256}"), ANY, 0);
    private static final Field<String> TOKEN = optional("token", ANY, "", "the token's name, never its secret");
    private static final Field<String> TENANT = optional("tenant", ANY, "", "the tenant's name");
    private static final Field<SortedMap<String, String>> TOKEN_LABELS =
            optional("tokenLabels", TEXTS, new TreeMap<>(), "labels of the token");
    private static final Field<String> NAME = optional("name", ANY, "", "the pin's name");
    private static final Field<SortedMap<String, String>> META =
            optional("meta", TEXTS, new TreeMap<>(), "the pin's meta");
    private static final Field<String> CID = optional("cid", ANY, "", "the CID; seeds the tie-break");
    private static final Field<Long> SIZE =
            optional("sizeBytes", Scalars.number(0, Long.MAX_VALUE), "the DAG's size; leave it out while unknown");
    private static final Field<List<String>> EXISTING =
            optional("existing", Shapes.list(Scalars.NAME, 0), List.of(), "providers that hold a copy now");
    private static final Field<Money> SPENT =
            optional("spentThisMonth", Scalars.MONEY, Money.ZERO, "spent or reserved this month");
    private static final Field<Boolean> REBALANCE =
            optional("rebalance", Scalars.BOOLEAN, true, "false asks only for what is missing");

    static final Shape<PlacementRequest> REQUEST = Shapes.object(
            "request",
            "One pin that wants a placement.",
            List.of(TOKEN, TENANT, TOKEN_LABELS, NAME, META, CID, SIZE, EXISTING, SPENT, REBALANCE),
            values -> new PlacementRequest(
                    values.get(TOKEN),
                    values.get(TENANT),
                    values.get(TOKEN_LABELS),
                    values.get(NAME),
                    values.get(META),
                    values.get(CID),
                    values.getOrNull(SIZE),
                    values.get(EXISTING),
                    Spending.of(values.get(SPENT)),
                    values.get(REBALANCE)));
}
