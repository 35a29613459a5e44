import assert from "node:assert/strict";
import "../page.js";
import { colourOf, cssOf, stopsOf } from "../../../assets/js/core/colours.js";
import { byTheme } from "../../../assets/js/core/theme.js";

const signed = { palette: "diverging", low: -2, high: 2 };

Deno.test("around zero a palette has the colours of its paper, on which the page's are the default", () => {
  const { dataset } = document.documentElement;

  assert.equal(cssOf(colourOf(signed, -2, "light")), "#0000ff");
  assert.equal(cssOf(colourOf(signed, -2, "dark")), "#8080ff");
  assert.equal(cssOf(colourOf(signed, -2)), "#0000ff");
  dataset.theme = "dark";
  assert.equal(cssOf(colourOf(signed, -2)), "#8080ff");
  delete dataset.theme;
});

Deno.test("other palettes are the same on any paper", () => {
  for (const name of ["sequential", "grey"]) assert.deepEqual(stopsOf(name, "dark"), stopsOf(name, "light"));
});

Deno.test("a colour of CSS names both papers only where they differ", () => {
  assert.deepEqual([byTheme("#000", "#000"), byTheme("#000", "#fff")], ["#000", "light-dark(#000, #fff)"]);
});
