/** What is done to the image before the networks see it, as text: read, written, and in words. */
import { facts } from "./facts.js";

export const PERTURBATIONS = facts.perturbations;
const DRAWN = /^(?:ink|raw|pixels):[\w-]+/;

/**
 * Return {ink, way, amount, done} of a text such as "rotation:15" or "ink:eNpj,rotation:15": what was drawn, "" for nothing; and the rest, the first way, which does nothing, where there is none. Done is the rest's text, "" where it does nothing.
 * @param {string} text
 */
export function readMove(text) {
  const [ink] = text.match(DRAWN) ?? [""];
  const rest = text.slice(ink ? ink.length + 1 : 0);
  const [key, said] = rest.split(":");
  const way = PERTURBATIONS.find((each) => each.key === key) ?? PERTURBATIONS[0];
  const amount = rest ? Number(said) : way.neutral;
  return { ink, way, amount, done: amount === way.neutral ? "" : rest };
}

/**
 * Return the text of an image that was drawn, "" for none, with what another text does to it.
 * @param {string} ink
 * @param {string} text
 */
export const withInk = (ink, text) => [ink, text.replace(DRAWN, "").replace(",", "")].filter(Boolean).join();

/**
 * Return what an address says of what is done to the digit: "" for nothing.
 * @param {string} text
 */
export function moveQuery(text) {
  const { ink, done } = readMove(text);
  return ink || done ? `perturb=${withInk(ink, done)}` : "";
}

/**
 * Return what is done to the image in words: "" for nothing.
 * @param {string} text
 * @returns {string}
 */
export function moveWords(text) {
  const { way, amount, done } = readMove(text);
  return done && way.words[Number(amount < way.neutral)].replaceAll("{}", String(Math.abs(amount)));
}
