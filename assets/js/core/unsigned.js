/** Classes and places as the server numbers them: in one byte each, in two or in four, as many as that takes. */

/** @typedef {Uint8Array | Uint16Array | Uint32Array} Unsigned */

/**
 * Return unsigned numbers, little-endian as this machine's own, from their bytes.
 * @param {ArrayBuffer} buffer
 * @param {number} count how many there are
 * @returns {Unsigned}
 */
export function unsigned(buffer, count) {
  const bytes = buffer.byteLength / count;
  if (bytes === 1) return new Uint8Array(buffer);
  if (bytes === 2) return new Uint16Array(buffer);
  if (bytes === 4) return new Uint32Array(buffer);
  throw new Error(`${buffer.byteLength} bytes are not ${count} numbers.`);
}
