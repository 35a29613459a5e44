/** What the kernels of a network became, moment by moment: a row of pictures, each of which leads to Explore. */
import { newCanvas } from "../core/canvas.js";
import { byId, make } from "../core/element.js";
import { whenThemed } from "../core/theme.js";
import { paintPicture } from "./painting.js";

/** @import { Picture } from "./moment.js" */

/** @typedef {Omit<Picture, "levels"> & {levels: number[], link: string}} Told dashboard/runs/before.py packs it */

/**
 * Show them, on paper of either theme.
 * @param {Told[]} told
 */
export function showBecame(told) {
  const pictures = told.map((each) => ({ ...each, levels: Uint8Array.from(each.levels) }));
  const canvases = pictures.map(({ title, scale }) => newCanvas(`${title}; colours from ${scale}`));
  byId("became").replaceChildren(
    ...pictures.map(({ title, link }, i) =>
      make("figure", {}, make("figcaption", {}, make("a", { href: link }, title)), canvases[i])
    ),
  );
  const paint = () => pictures.forEach((each, i) => paintPicture(canvases[i], each));
  paint();
  whenThemed(paint);
}
