package dev.pinfold.broker.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.pinfold.broker.pin.PinPage;
import dev.pinfold.broker.pin.PinRow;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes pins in the exact shapes of PSA v1.0.0: PinStatus and PinResults. */
final class PinJson {
    private static final JsonFactory JSON = new JsonFactory();

    private PinJson() {}

    static Buffer status(PinRow pin) {
        return write(512, json -> status(json, pin));
    }

    static Buffer results(PinPage page) {
        return write(512 + 512 * page.pins().size(), json -> {
            json.writeStartObject();
            json.writeNumberField("count", page.count());
            json.writeArrayFieldStart("results");
            for (PinRow pin : page.pins()) {
                status(json, pin);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private static Buffer write(int size, Body body) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(size);
                JsonGenerator json = JSON.createGenerator(bytes)) {
            body.write(json);
            json.flush();
            return Buffer.buffer(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void status(JsonGenerator json, PinRow pin) throws IOException {
        json.writeStartObject();
        json.writeStringField("requestid", pin.requestId().toString());
        json.writeStringField("status", pin.status().word());
        json.writeStringField("created", Times.text(pin.created()));
        json.writeObjectFieldStart("pin");
        json.writeStringField("cid", pin.cid());
        if (pin.name() != null) {
            json.writeStringField("name", pin.name());
        }
        json.writeFieldName("origins");
        json.writeRawValue(pin.originsJson());
        if (pin.metaJson() != null) {
            json.writeFieldName("meta");
            json.writeRawValue(pin.metaJson());
        }
        json.writeEndObject();
        json.writeFieldName("delegates");
        json.writeRawValue(pin.delegatesJson());
        json.writeFieldName("info");
        json.writeRawValue(pin.infoJson());
        json.writeEndObject();
    }
}
