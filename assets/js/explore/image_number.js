/** A field in which somebody types the number of a test image. */
import { refuse } from "../core/element.js";
import { facts } from "../core/facts.js";
import { member } from "../core/image.js";

/**
 * Return the number of the test image that a field names; say by the field where it names none, and return null.
 * @param {HTMLInputElement} field
 * @returns {number | null}
 */
export function imageIn(field) {
  const text = field.value.trim();
  const { count } = facts.images;
  const known = /^\d{1,9}$/.test(text) && Number(text) < count;
  refuse(field, known ? "" : `“${text.slice(0, 20)}” is no ${member}. There are 0 to ${count - 1}.`);
  return known ? Number(text) : null;
}
