import assert from "node:assert/strict";
import { exactly } from "../../../assets/js/core/pointer.js";

const at = (/** @type {number} */ clientX, /** @type {number} */ clientY) => ({ clientX, clientY });

/** An element that hears events. */
class Heard {
  constructor() {
    /** @type {Record<string, (event: any) => void>} */
    this.acts = {};
  }

  /** @type {(type: string, act: (event: any) => void) => void} */
  addEventListener(type, act) {
    this.acts[type] = act;
  }
}

Deno.test("a click is where the pointer was last, though it is written in whole pixels", () => {
  const heard = new Heard();
  const where = exactly(/** @type {any} */ (heard));

  heard.acts.pointermove(at(10.8, 20.6));
  assert.deepEqual(where(at(10, 20)), at(10.8, 20.6));
  heard.acts.pointerdown(at(30.4, 20.5));
  assert.deepEqual(where(at(30, 20)), at(30.4, 20.5));
});

Deno.test("a click that no pointer was near is where it says", () => {
  const heard = new Heard();
  const where = exactly(/** @type {any} */ (heard));

  assert.deepEqual(where(at(3, 4)), at(3, 4));
  heard.acts.pointermove(at(10.8, 20.6));
  assert.deepEqual(where(at(3, 4)), at(3, 4));
});
