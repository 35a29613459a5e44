/* Bytes from the server: each address is asked for once, the latest few hundred are kept. */
(function (c) {
  "use strict";

  c.facts = JSON.parse(document.getElementById("facts").textContent);

  const PATIENCE = 30_000; // milliseconds; then an answer is given up, and may be asked for again
  const AGAIN = [429, 503]; // statuses that may say when to ask again
  const KEPT = 200; // answers; a picture has about 70 kB
  const answers = new Map(); // address -> Promise<ArrayBuffer>, oldest first
  const tensors = new WeakMap(); // bytes -> {shape, data}

  c.Problem = class extends Error {};

  /** Return whether an address has been asked for and not been forgotten. */
  c.known = (address) => answers.has(address);

  /**
   * Return a promise of the bytes at an address.
   * @param waiting Called with the server's sentence each time that it says to ask again; ask again if it returns true.
   */
  c.bytes = function (address, waiting = () => false) {
    let answer = answers.get(address);
    if (!answer) {
      answer = ask(address);
      answer.catch(() => answers.delete(address));
    }
    answers.delete(address);
    answers.set(address, answer);
    if (answers.size > KEPT) answers.delete(answers.keys().next().value);
    return answer.catch(async (problem) => {
      if (!problem.retry || !waiting(problem.message)) throw problem;
      await new Promise((go) => setTimeout(go, 1000 * problem.retry));
      const bytes = await c.bytes(address, waiting);
      c.awake();
      return bytes;
    });
  };

  async function ask(address, options = {}) {
    let response;
    try {
      response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE), ...options });
      if (response.ok) return await response.arrayBuffer();
    } catch {
      throw new c.Problem("The server does not answer. Is it still running? Then try again.");
    }
    const problem = new c.Problem(await sentence(response));
    problem.status = response.status;
    problem.retry = AGAIN.includes(response.status) ? Number(response.headers.get("Retry-After")) : 0;
    throw problem;
  }

  async function sentence(response) {
    try {
      return (await response.json()).error.message;
    } catch {
      return `The server answered with an error (${response.status}). Try again.`;
    }
  }

  /** Return the bytes at an address at once, null where they are not to be had: paper does not wait for a promise. */
  c.bytesNow = function (address) {
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
  };

  /** Return a float32 array from NumPy's .npy format at once, null where it is not to be had. */
  c.tensorNow = function (address) {
    const buffer = c.bytesNow(address);
    return buffer && openTensor(buffer);
  };

  /** Return a promise of what JSON at an address says. */
  c.json = async (address, waiting) => JSON.parse(new TextDecoder().decode(await c.bytes(address, waiting)));

  /** Return a promise of what JSON answers to bytes that are sent; a signal may call them back. */
  c.post = async function (address, body, signal) {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(2 * PATIENCE)]);
    const options = { method: "POST", body, headers: { "Content-Type": "application/octet-stream" }, signal: patience };
    return JSON.parse(new TextDecoder().decode(await ask(address, options)));
  };

  /** Return a promise of a float32 array from NumPy's .npy format: {shape, data}. */
  c.tensor = async function (address, waiting) {
    const buffer = await c.bytes(address, waiting);
    if (!tensors.has(buffer)) tensors.set(buffer, openTensor(buffer));
    return tensors.get(buffer);
  };

  function openTensor(buffer) {
    const view = new DataView(buffer);
    const length = view.getUint16(8, true);
    const header = new TextDecoder("latin1").decode(new Uint8Array(buffer, 10, length));
    if (!header.includes("'<f4'") || header.includes("'fortran_order': True")) throw new c.Problem("Not a float32 tensor.");
    const shape = header.match(/'shape': \(([^)]*)\)/)[1].split(",").filter((side) => side.trim()).map(Number);
    return { shape, data: new Float32Array(buffer.slice(10 + length)) };
  }

  /* Dash says nothing when one of its own requests fails; this does. */
  const plain = window.fetch;
  window.fetch = async function (...request) {
    const own = String(request[0]?.url ?? request[0]).includes("_dash-");
    try {
      const response = await plain.apply(this, request);
      if (own && response.status >= 400) c.say(await sentence(response.clone()));
      return response;
    } catch (fault) {
      if (own) c.say("The server does not answer. Is it still running? Then try again.");
      throw fault;
    }
  };
})((window.convlens ??= {}));
