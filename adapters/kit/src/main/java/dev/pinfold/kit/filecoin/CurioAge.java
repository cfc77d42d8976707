package dev.pinfold.kit.filecoin;

/** How old a Curio is, as far as its clients notice: by what they must sign. */
public enum CurioAge {
    /** Address, method, path and minute; a minute early or late is forgiven. */
    SINCE_1_28_2,
    /** The same, in the server's own minute alone. */
    SINCE_1_27_4,
    /** Address and hour. */
    UNTIL_1_27_3
}
