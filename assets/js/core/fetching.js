/** Bytes from the server: each address is asked for once, the latest few hundred are kept. */
import { embedded } from "./embedded.js";
import { awake } from "./message.js";
import { openTensor } from "./npy.js";
import { Problem } from "./problem.js";

/** @import { Tensor } from "./npy.js" */

const PATIENCE = 30_000; // milliseconds; then an answer is given up, and may be asked for again
const AGAIN = [429, 503]; // statuses that may say when to ask again
export const SILENT = "The server does not answer. Is it still running? Then try again.";
const NOT_HERE = "That is not in this page, which was made to be mailed: open the view in ConvLens.";
const KEPT = 200; // answers; a picture has about 70 kB
/** @type {Map<string, Promise<ArrayBuffer>>} */
const answers = new Map(); // by address, oldest first
/** @type {WeakMap<ArrayBuffer, Tensor>} */
const tensors = new WeakMap(); // by their bytes

/**
 * Return whether an address has been asked for and not been forgotten.
 * @param {string} address
 */
export const isKnown = (address) => answers.has(address);

/**
 * Forget what was answered at addresses that begin so: it would be answered otherwise now.
 * @param {string} start
 */
export function forget(start) {
  for (const address of answers.keys()) if (address.startsWith(start)) answers.delete(address);
}

/**
 * Return a promise of the bytes at an address.
 * @param {string} address
 * @param {(sentence: string) => boolean} waiting called with the server's sentence each time that it says to ask again; ask again if it returns true
 * @returns {Promise<ArrayBuffer>}
 */
export function getBytes(address, waiting = () => false) {
  let answer = answers.get(address);
  if (!answer) {
    answer = ask(address);
    answer.catch(() => answers.delete(address));
  }
  answers.delete(address);
  answers.set(address, answer);
  if (answers.size > KEPT) answers.delete(answers.keys().next().value ?? "");
  return answer.catch(async (problem) => {
    if (!problem.retry || !waiting(problem.message)) throw problem;
    await new Promise((go) => setTimeout(go, 1000 * problem.retry));
    const bytes = await getBytes(address, waiting);
    awake();
    return bytes;
  });
}

/**
 * Return a promise of the bytes of one answer.
 * @param {string} address
 * @param {RequestInit} options
 * @returns {Promise<ArrayBuffer>}
 */
async function ask(address, options = {}) {
  const own = embedded(address);
  if (own) return own;
  if (own === null) throw new Problem(NOT_HERE);
  let response;
  try {
    response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE), ...options });
    if (response.ok) return await response.arrayBuffer();
  } catch {
    throw new Problem(SILENT);
  }
  const retry = AGAIN.includes(response.status) ? Number(response.headers.get("Retry-After")) : 0;
  throw new Problem(await sentenceIn(response), { status: response.status, retry });
}

/**
 * Return a promise of the sentence in an answer that says what went wrong.
 * @param {Response} response
 * @returns {Promise<string>}
 */
export async function sentenceIn(response) {
  try {
    return (await response.json()).error.message;
  } catch {
    return `The server answered with an error (${response.status}). Try again.`;
  }
}

/**
 * Return the bytes at an address at once, null where they are not to be had: paper does not wait for a promise.
 * @param {string} address
 */
export function getBytesNow(address) {
  const own = embedded(address);
  if (own !== undefined) return own;
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.overrideMimeType("text/plain; charset=x-user-defined"); // a character a byte: what is asked for at once has no other type
  try {
    request.send();
  } catch {
    return null; // the server is gone; what is not here stays blank
  }
  if (request.status !== 200) return null;
  const { buffer } = Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0) & 255);
  answers.set(address, Promise.resolve(buffer));
  return buffer;
}

/**
 * Return a float32 array from NumPy's .npy format at once, null where it is not to be had.
 * @param {string} address
 */
export function getTensorNow(address) {
  const buffer = getBytesNow(address);
  return buffer && openTensor(buffer);
}

/**
 * Return a promise of what JSON at an address says.
 * @param {string} address
 * @param {(sentence: string) => boolean} [waiting]
 */
export const getJson = async (address, waiting) =>
  JSON.parse(new TextDecoder().decode(await getBytes(address, waiting)));

/**
 * Return a promise of what JSON at an address says now, whatever it said before.
 * @param {string} address
 * @param {RequestInit} [options]
 */
export const getFresh = async (address, options) =>
  JSON.parse(new TextDecoder().decode(await ask(address, options)));

/**
 * Return a promise of what JSON answers to bytes that are sent; a signal may call them back.
 * @param {string} address
 * @param {Blob} body
 * @param {AbortSignal} signal
 */
export function postBytes(address, body, signal) {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(2 * PATIENCE)]);
  const options = {
    method: "POST",
    body,
    headers: { "Content-Type": "application/octet-stream" },
    signal: patience,
  };
  return getFresh(address, options);
}

/**
 * Return a promise of a float32 array from NumPy's .npy format: {shape, data}.
 * @param {string} address
 * @param {(sentence: string) => boolean} [waiting]
 * @returns {Promise<Tensor>}
 */
export async function getTensor(address, waiting) {
  const buffer = await getBytes(address, waiting);
  const tensor = tensors.get(buffer) ?? openTensor(buffer);
  tensors.set(buffer, tensor);
  return tensor;
}
