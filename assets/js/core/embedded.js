/** The answers that a page to mail carries in itself, by their addresses; dashboard/mailed/letter.py packs them. */

/** @type {Map<string, ArrayBuffer> | null} */
let held = null; // of a page that has a server to ask

/**
 * Return how an address is known here: from the root of the server or not, and with signs written as they are.
 * @param {string} address
 */
const plain = (address) => decodeURIComponent(address.replace(/^\.?\//, ""));

/**
 * Return the body of an answer, null where a page that asks no server does not hold it, undefined where there is a server to ask.
 * @param {string} address
 */
export const embedded = (address) => (held ? held.get(plain(address)) ?? null : undefined);

/**
 * Take what a page holds: from now on no server is asked.
 * @param {string[]} parcels each gzipped and in base64: how long its list of addresses and lengths is, uint32, that list as JSON, and the bodies in that order
 */
export async function unpack(parcels) {
  held = new Map((await Promise.all(parcels.map(open))).flat());
}

/**
 * Return a promise of the bodies of a parcel by address.
 * @param {string} parcel
 * @returns {Promise<[string, ArrayBuffer][]>}
 */
async function open(parcel) {
  const packed = Uint8Array.from(atob(parcel), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(stream).arrayBuffer();
  let at = 4 + new DataView(bytes).getUint32(0, true);
  /** @type {[string, number][]} */
  const list = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, at - 4)));
  return list.map(([address, length]) => [address, bytes.slice(at, at += length)]);
}
