import assert from "node:assert/strict";
import "../page.js";
import { nearestBox } from "../../../assets/js/explore/overview.js";

Deno.test("a place has the name of the box that it is in, or else of the nearest", () => {
  const boxes = [
    { name: "first", left: 0, top: 0, width: 100, height: 300 },
    { name: "above", left: 150, top: 0, width: 100, height: 100 },
    { name: "below", left: 150, top: 150, width: 100, height: 150 },
  ];

  const places = [[50, 299], [110, 20], [140, 40], [200, 110], [200, 200], [900, 900]];
  const names = ["first", "first", "above", "above", "below", "below"];
  assert.deepEqual(places.map(([x, y]) => nearestBox(boxes, x, y)), names);
});
