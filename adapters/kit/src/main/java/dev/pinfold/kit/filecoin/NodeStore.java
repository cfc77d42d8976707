package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import dev.pinfold.content.piece.Piece;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an old node has imported, and the pieces it makes of that. Safe for many threads. */
final class NodeStore {
    private final LotusAge age;
    private final Path folder;
    private final Map<Long, Import> imports = new TreeMap<>();
    private final Map<Multihash, Made> made = new HashMap<>();
    private long lastImport;

    private record Import(long id, Cid root, String path, IndexedCar car, boolean isCar) {}

    /** The CAR of a DAG as it goes to providers: depth first, one root. */
    record Made(Path car, Piece piece) {}

    NodeStore(LotusAge age, Path folder) {
        this.age = age;
        this.folder = folder;
    }

    /** Imports a file of the node's own disk. */
    synchronized JsonObject add(JsonObject reference) throws IOException {
        Path path = Path.of(Json.text(reference.getValue("Path")));
        boolean isCar = Boolean.TRUE.equals(reference.getValue("IsCAR"));
        if (!Files.exists(path)) {
            throw RpcError.failed("failed to import: open " + path + ": no such file or directory");
        }
        if (!isCar) {
            try (InputStream in = Files.newInputStream(path)) {
                return addFile(in, path.toString());
            }
        }
        IndexedCar car;
        try {
            car = IndexedCar.of(path);
        } catch (ContentException e) {
            throw RpcError.failed("failed to import: invalid car: " + e.getMessage());
        }
        if (car.roots().size() != 1) {
            throw RpcError.failed("cannot import CAR with more than one root");
        }
        return added(car.roots().getFirst(), path.toString(), car, true);
    }

    /** Imports bytes that came over HTTP; a CAR too becomes an opaque file. */
    synchronized JsonObject addFile(InputStream in, String name) throws IOException {
        Path car = folder.resolve("import-" + (lastImport + 1) + ".car");
        Cid root = LotusFile.write(in, car);
        return added(root, name, IndexedCar.of(car), false);
    }

    private JsonObject added(Cid root, String path, IndexedCar car, boolean isCar) {
        long id = ++lastImport;
        imports.put(id, new Import(id, root, path, car, isCar));
        return new JsonObject().put("Root", Json.cid(root)).put("ImportID", id);
    }

    synchronized void remove(long id) {
        if (imports.remove(id) == null) {
            throw RpcError.failed("removing import: datastore: key not found");
        }
        made.clear();
    }

    synchronized JsonArray list() {
        JsonArray out = new JsonArray();
        for (Import each : imports.values()) {
            JsonObject json = new JsonObject()
                    .put("Key", each.id())
                    .put("Err", "")
                    .put("Root", Json.cid(each.root()))
                    .put("Source", "import")
                    .put("FilePath", each.path());
            if (age == LotusAge.V1_27) {
                json.put("CARPath", each.isCar() ? "" : each.car().file().toString());
            }
            out.add(json);
        }
        return out;
    }

    synchronized boolean has(Cid root) {
        return imports.values().stream().anyMatch(each -> each.car().holds(root));
    }

    /** The piece of everything below a root; the same file and commitment every time. */
    synchronized Made piece(Cid root) throws IOException {
        Made known = made.get(root.multihash());
        if (known != null) {
            return known;
        }
        if (!has(root)) {
            throw RpcError.failed("failed to find root CID in blockstore: ipld: could not find " + root);
        }
        Path car = folder.resolve("piece-" + root + ".car");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(car), 1 << 16)) {
            new DagWalk(this::find, DagLimits.DEFAULT).walk(List.of(root), new CarWriter(out, List.of(root)));
        } catch (ContentException e) {
            throw RpcError.failed("failed to generate car: " + e.getMessage());
        }
        Made fresh = new Made(car, Pieces.commit(car));
        made.put(root.multihash(), fresh);
        return fresh;
    }

    private byte @Nullable [] find(Cid cid) throws IOException {
        for (Import each : imports.values()) {
            byte[] bytes = each.car().find(cid);
            if (bytes != null) {
                return bytes;
            }
        }
        return null;
    }
}
