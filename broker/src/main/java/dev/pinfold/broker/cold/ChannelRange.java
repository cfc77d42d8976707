package dev.pinfold.broker.cold;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A range of a file as a stream. Closing it leaves the file open. */
final class ChannelRange extends InputStream {
    private final FileChannel channel;
    private long at;
    private long left;

    ChannelRange(FileChannel channel, long offset, long length) {
        this.channel = channel;
        this.at = offset;
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (left == 0) {
            return length == 0 ? 0 : -1;
        }
        int read = channel.read(ByteBuffer.wrap(target, offset, (int) Math.min(length, left)), at);
        if (read > 0) {
            at += read;
            left -= read;
        }
        return read;
    }
}
