import {
  type BackendValues,
  type DataId,
  DataStorage,
  type DataType,
  engine,
  KernelBackend,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Repeater, RepeatingBackend } from '../repeat.js';
import type { Executor } from './executor.js';
import { Stored } from './memory.js';
import { type Dtype, leafNode, Node, type Operation, release, type Shape } from './node.js';
import type { Plan } from './plan.js';
import type { Form } from './recording.js';
import { OnnxRepeater } from './repeater.js';
import { reshape } from './reshape.js';
import { settleAtOnce } from './views.js';

/** What a data id of tfjs stands for. */
interface Handle {
  readonly node: Node;
  references: number;
}

/** A tfjs backend that notes operations and computes them when a value is read. */
export class OnnxBackend extends KernelBackend implements RepeatingBackend {
  readonly #handles: DataStorage<Handle>;
  /** Nodes that tfjs holds and that have no values yet. */
  readonly #pending = new Set<Node>();
  #running: Promise<unknown> = Promise.resolve();

  constructor(readonly executor: Executor) {
    super();
    this.#handles = new DataStorage(this, engine());
  }

  /** Notes an operation; inputs whose shape tfjs has changed on the way are viewed in that shape. */
  record(operation: Operation, inputs: readonly TensorInfo[], shape: Shape, dtype: DataType): TensorInfo {
    const nodes = inputs.map((info) => this.node(info));
    const node = new Node(operation, nodes, shape, known(dtype));
    return { dataId: this.hold(node), shape: [...shape], dtype };
  }

  node({ dataId, shape }: TensorInfo): Node {
    const { node } = this.#handles.get(dataId);
    return sameShape(node.shape, shape) ? node : new Node(reshape, [node], shape, node.dtype);
  }

  /** A data id for a node. */
  hold(node: Node): DataId {
    return this.#hold(node, 1, {});
  }

  /** The node that a tensor's data is, whatever the tensor's shape. */
  held({ dataId }: TensorInfo): Node {
    return this.#handles.get(dataId).node;
  }

  /** The same data under another shape. */
  alias({ dataId, dtype }: TensorInfo, shape: Shape): TensorInfo {
    this.incRef(dataId);
    return { dataId, shape: [...shape], dtype };
  }

  override write(values: BackendValues | null, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.#hold(this.#leaf(values, shape, dtype), 1, dataId);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    references: number,
  ): void {
    this.#hold(this.#leaf(values, shape, dtype), references, dataId);
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    const { node } = this.#handles.get(dataId);
    await this.#inTurn(() => this.#compute(node));
    return node.stored!.values.slice();
  }

  override readSync(dataId: DataId): BackendValues {
    const { node } = this.#handles.get(dataId);
    if (!this.isThere(node)) {
      this.executor.computeSync(this.#pending);
      this.#settle();
    }
    return node.stored!.values.slice();
  }

  repeater<Note>(): Repeater<Note> {
    return new OnnxRepeater<Note>(this);
  }

  /** What reading a value would compute now. */
  plan(): Plan {
    return this.executor.plan(this.#pending);
  }

  /** Runs a graph that has been run before; undefined when it is no longer kept. */
  repeat(key: string, leaves: readonly Stored[], roots: readonly Form[]): Promise<Stored[] | undefined> {
    return this.#inTurn(() => this.executor.repeat(key, leaves, roots));
  }

  /** Whether a node has values, or gets them without arithmetic. */
  isThere(node: Node): boolean {
    return settleAtOnce(node, this.executor.pool);
  }

  override refCount(dataId: DataId): number {
    return this.#handles.has(dataId) ? this.#handles.get(dataId).references : 0;
  }

  override incRef(dataId: DataId): void {
    this.#handles.get(dataId).references++;
  }

  decRef(dataId: DataId): void {
    if (this.#handles.has(dataId)) this.#handles.get(dataId).references--;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.#handles.has(dataId)) return true;
    const handle = this.#handles.get(dataId);
    if (--handle.references > 0 && !force) return false;
    this.#handles.delete(dataId);
    const { node } = handle;
    if (--node.handles === 0) this.#pending.delete(node);
    release([node]);
    return true;
  }

  disposeIntermediateTensorInfo({ dataId }: TensorInfo): void {
    this.disposeData(dataId);
  }

  override numDataIds(): number {
    return this.#handles.numDataIds();
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.executor.dispose();
  }

  async #compute(node: Node): Promise<void> {
    if (this.isThere(node)) return;
    await this.executor.compute(this.#pending);
    this.#settle();
  }

  /** One run after the other. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const running = this.#running.catch(() => {}).then(run);
    this.#running = running;
    return running;
  }

  #settle(): void {
    for (const node of this.#pending) if (this.isThere(node)) this.#pending.delete(node);
  }

  #hold(node: Node, references: number, dataId: DataId): DataId {
    node.handles++;
    node.uses++;
    if (!node.stored) this.#pending.add(node);
    this.#handles.set(dataId, { node, references });
    return dataId;
  }

  #leaf(values: BackendValues | null, shape: Shape, dtype: DataType): Node {
    const type = known(dtype);
    const stored = Stored.take(this.executor.pool, shape, type);
    if (values) stored.values.set(values as ArrayLike<number>);
    return leafNode(stored, shape, type);
  }
}

const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

function known(dtype: DataType): Dtype {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new Error(`The onnxruntime engine has no tensors of type ${dtype}.`);
}
