package dev.pinfold.content.car;

import dev.pinfold.content.Block;

/**
 * What a CAR may ask of its reader, each in bytes. All are checked before memory is taken.
 *
 * @param block the largest block
 * @param header the largest header
 * @param padding the most zero bytes after the last section, or between the parts of a CARv2
 */
public record CarLimits(int block, int header, long padding) {
    /** Blocks of 2 MiB, headers of 1 MiB, 64 MiB of padding. Source: trustless gateway specification. */
    public static final CarLimits DEFAULT = new CarLimits(Block.MAX_SIZE, 1 << 20, 64L << 20);

    /** These limits with another amount of padding. */
    public CarLimits withPadding(long bytes) {
        return new CarLimits(block, header, bytes);
    }
}
