package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;

/** Messages to the chain as Lotus writes them. */
final class Messages {
    private Messages() {}

    /** A message whose nonce and gas the node fills in. */
    static ObjectNode unsigned(String to, String from, String value, long method, byte[] params) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.put("Version", 0);
        message.put("To", to);
        message.put("From", from);
        message.put("Nonce", 0);
        message.put("Value", value);
        message.put("GasLimit", 0);
        message.put("GasFeeCap", "0");
        message.put("GasPremium", "0");
        message.put("Method", method);
        message.put("Params", Base64.getEncoder().encodeToString(params));
        return message;
    }

    /** Whether a message of the pool does the same as this one. */
    static boolean same(JsonNode pooled, ObjectNode wanted) {
        for (String field : new String[] {"Method", "Params", "Value"}) {
            if (!pooled.path(field).asText().equals(wanted.path(field).asText())) {
                return false;
            }
        }
        return sameActor(pooled.path("To").asText(), wanted.path("To").asText());
    }

    private static boolean sameActor(String one, String other) {
        return one.length() > 1 && other.length() > 1 && one.substring(1).equals(other.substring(1));
    }
}
