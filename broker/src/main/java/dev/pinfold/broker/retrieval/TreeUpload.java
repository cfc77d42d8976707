package dev.pinfold.broker.retrieval;

import dev.pinfold.content.unixfs.TreeWriter;
import dev.pinfold.content.unixfs.UnixFsOptions;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** A directory that is being uploaded, path by path in any order. Closed before {@link #finish}, it leaves nothing. */
public final class TreeUpload implements Closeable {
    private final Staging staging;
    private final StagingFile file;
    private final TreeWriter tree;

    TreeUpload(Staging staging, StagingFile file) {
        this.staging = staging;
        this.file = file;
        this.tree = new TreeWriter(file, UnixFsOptions.DEFAULT);
    }

    /** Adds a file at a relative path; {@code in} is not closed. */
    public void addFile(String path, InputStream in) throws IOException {
        ContentRefusal.guard("The file '" + HostText.shown(path) + "'", () -> tree.addFile(path, in));
    }

    /** Adds a folder, which may stay empty. */
    public void addFolder(String path) throws IOException {
        ContentRefusal.guard("The folder '" + HostText.shown(path) + "'", () -> {
            tree.addFolder(path);
            return path;
        });
    }

    /** Stages the directory. */
    public Staged finish() throws IOException {
        return ContentRefusal.guard(
                "The directory", () -> staging.commit(file, tree.finish().cid()));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
