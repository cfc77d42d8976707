package dev.pinfold.conformance.reference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.http.Json;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads and validates a pin request. */
final class Intake {
    private static final int MAX_BODY = 512 << 10;

    private final Set<Defect> defects;
    private final Set<Behaviour> behaviours;

    Intake(Set<Defect> defects, Set<Behaviour> behaviours) {
        this.defects = defects;
        this.behaviours = behaviours;
    }

    /** A validated request. */
    record Request(String cid, String name, Map<String, String> meta, List<String> origins) {}

    Request read(byte[] body, String contentType) {
        if (body.length > MAX_BODY) {
            throw has(Defect.BIG_BODY_500) ? serverError() : new Refusal(413, "PAYLOAD_TOO_LARGE", "at most 512 KiB");
        }
        if (!contentType.startsWith("application/json")) {
            throw has(Defect.WRONG_TYPE_500)
                    ? serverError()
                    : new Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "send application/json");
        }
        JsonNode json = Json.parse(body)
                .orElseThrow(() -> has(Defect.MALFORMED_500) ? serverError() : bad("the body is no JSON"));
        if (!json.isObject() && !(has(Defect.BODY_ARRAY_ACCEPTED) && json.isArray())) {
            throw bad("the body is no JSON object");
        }
        return new Request(cid(json), name(json), meta(json), origins(json));
    }

    private String cid(JsonNode json) {
        String cid = json.path("cid").asText("");
        if (!json.has("cid") && (has(Defect.CID_OPTIONAL) || json.isArray())) {
            return "";
        }
        if (Cids.parse(cid).isEmpty() && !(has(Defect.CID_UNCHECKED) && json.has("cid"))) {
            throw bad("cid is missing or no CID");
        }
        boolean inline = Cids.parse(cid).map(Cids.Cid::identity).orElse(false);
        if (inline && (has(Defect.IDENTITY_REFUSED) || behaviours.contains(Behaviour.NO_INLINE_CIDS))) {
            throw bad("inline CIDs are not taken");
        }
        if (has(Defect.DAG_CBOR_REFUSED)
                && Cids.parse(cid).map(c -> c.codec() == Cids.DAG_CBOR).orElse(false)) {
            throw bad("dag-cbor is not taken");
        }
        return converted(cid);
    }

    private String converted(String cid) {
        if (has(Defect.CID_UPPERCASED) && cid.startsWith("b")) {
            return cid.toUpperCase(Locale.ROOT);
        }
        boolean other = (has(Defect.CID_V0_CONVERTED) && cid.startsWith("Qm"))
                || (has(Defect.CID_BASE36_CONVERTED) && cid.startsWith("k"));
        return other ? "b" + Cids.base32(Cids.parse(cid).orElseThrow().bytes()) : cid;
    }

    private String name(JsonNode json) {
        String name = json.path("name").asText("");
        if (has(Defect.NAME_NUL_500) && name.indexOf(0) >= 0) {
            throw serverError();
        }
        int length = has(Defect.NAME_LIMIT_IN_BYTES)
                ? name.getBytes(StandardCharsets.UTF_8).length
                : name.codePointCount(0, name.length());
        if (length > (has(Defect.NAME_MOST_100) ? 100 : 255) && !has(Defect.NAME_UNBOUNDED)) {
            throw bad("name is longer than 255 characters");
        }
        String kept = name;
        kept = has(Defect.NAME_CUT_AT_200) && kept.length() > 200 ? kept.substring(0, 200) : kept;
        kept = has(Defect.NAME_NORMALISED) ? Normalizer.normalize(kept, Normalizer.Form.NFC) : kept;
        kept = has(Defect.NAME_ASCII_ONLY) ? kept.replaceAll("[^\\x00-\\x7f]", "?") : kept;
        kept = has(Defect.NAME_TRIMMED) ? kept.strip() : kept;
        return has(Defect.NAME_HTML_ESCAPED) ? kept.replace("<", "&lt;") : kept;
    }

    private Map<String, String> meta(JsonNode json) {
        Map<String, String> pairs = new LinkedHashMap<>();
        json.path("meta").properties().forEach(pair -> {
            if (!pair.getValue().isTextual() && !has(Defect.META_ANY_VALUE)) {
                throw bad("meta values are strings");
            }
            if (!has(Defect.META_EMPTY_VALUES_DROPPED)
                    || !pair.getValue().asText().isEmpty()) {
                pairs.put(pair.getKey(), pair.getValue().asText());
            }
        });
        if (has(Defect.META_MOST_10) && pairs.size() > 10) {
            throw bad("too many meta pairs");
        }
        return has(Defect.META_NOT_STORED) ? Map.of() : pairs;
    }

    private List<String> origins(JsonNode json) {
        List<String> origins = new ArrayList<>();
        json.path("origins").forEach(origin -> origins.add(origin.asText()));
        if (origins.size() > 20) {
            throw has(Defect.ORIGINS_21_500) ? serverError() : bad("at most 20 origins");
        }
        if (has(Defect.ORIGINS_MOST_10) && origins.size() > 10) {
            throw bad("at most 10 origins");
        }
        if (has(Defect.ORIGINS_QUIC_400) && origins.toString().contains("quic-v1")) {
            throw bad("unknown protocol");
        }
        return origins;
    }

    private boolean has(Defect defect) {
        return defects.contains(defect);
    }

    Refusal bad(String details) {
        return new Refusal(behaviours.contains(Behaviour.CUSTOM_CODES) ? 422 : 400, "BAD_REQUEST", details);
    }

    static Refusal serverError() {
        return new Refusal(500, "INTERNAL_SERVER_ERROR", "something broke");
    }
}
