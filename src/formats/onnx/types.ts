/** TensorProto.DataType of onnx.proto3. */
export const onnxTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;

/** The type of a tensor's values. */
export type OnnxType = keyof typeof onnxTypes;
