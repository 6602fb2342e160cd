/** What `setupTensorflow` may ask and say while it works. */
export interface SetupContext {
  /** Told what is being done, in whole sentences. */
  log(line: string): void;
  /** Asked before something large is downloaded; false where nobody can be asked. */
  confirm(question: string): Promise<boolean>;
}

/** An installed TensorFlow that an addon can be compiled against. */
export interface Installation {
  readonly version: string;
  /** Folder with tensorflow/c/c_api.h. */
  readonly include: string;
  /** Absolute paths of the shared libraries that hold the C interface. */
  readonly libraries: readonly string[];
  /** In words: where it was found. */
  readonly where: string;
}

/** What the trial of an addon, in a process of its own, found out. */
export interface Trial {
  /** Version that TensorFlow gives itself. */
  readonly tensorflow: string;
  readonly gpu: boolean;
}
