/** Crops that may fail before a run is given up, unless the pipeline says otherwise. */
export const defaultFailures = 100;

/** Pairs in the training pair pool of the original's option files. */
export const defaultQueue = 180;
