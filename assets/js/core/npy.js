/** NumPy's .npy format, opened. */
import { Problem } from "./problem.js";

/** @typedef {{shape: number[], data: Float32Array}} Tensor */

/**
 * Return a float32 array from its bytes.
 * @param {ArrayBuffer} buffer
 * @returns {Tensor}
 */
export function openTensor(buffer) {
  const view = new DataView(buffer);
  const length = view.getUint16(8, true);
  const header = new TextDecoder("latin1").decode(new Uint8Array(buffer, 10, length));
  if (!header.includes("'<f4'") || header.includes("'fortran_order': True")) {
    throw new Problem("Not a float32 tensor.");
  }
  const shape = header.replace(/.*'shape': \(([^)]*)\).*/s, "$1").split(",").filter((side) => side.trim())
    .map(Number);
  return { shape, data: new Float32Array(buffer.slice(10 + length)) };
}
