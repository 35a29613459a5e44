import assert from "node:assert/strict";
import { GAP, HEAD } from "../../../assets/js/explore/lane_column.js";
import { layLanes, layNarrow, TITLE } from "../../../assets/js/explore/lane_layout.js";

/** @import { Box } from "../../../assets/js/explore/lane_column.js" */
/** @import { Lane, Placed } from "../../../assets/js/explore/lane_layout.js" */

/** @type {(name: string, count: number, rows: number, columns?: number) => Box} */
const maps = (name, count, rows, columns = rows) => ({ name, kind: "maps", count, rows, columns });
/** @type {(name: string, count: number) => Box} */
const units = (name, count) => ({ name, kind: "units", count, rows: 1, columns: 1 });

const CNN = {
  key: "cnn",
  columns: [[maps("conv1", 32, 26)], [maps("conv2", 64, 24)], [maps("pool", 64, 12)], [units("dense", 128)]],
};
const FCN = { key: "fcn", columns: [[units("dense1", 512)], [units("dense2", 256)]] };
const PROJECTOR = { width: 1106, height: 677, ratio: 1, answer: 138 };

/**
 * Return random numbers from 0 to 1, the same for a seed.
 * @param {number} seed
 */
function randomFrom(seed) {
  let state = seed * 2654435761 >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Return a random graph: up to six steps of up to three branches.
 * @param {() => number} random
 * @param {string} key
 * @returns {Lane}
 */
function randomLane(random, key) {
  /** @param {number} most */
  const upTo = (most) => 1 + Math.floor(random() * most);
  const columns = Array.from(
    { length: upTo(6) },
    (_, step) =>
      Array.from({ length: upTo(3) }, (_, branch) => {
        const name = `${step}.${branch}`;
        return random() < 0.3 ? units(name, upTo(600)) : maps(name, upTo(128), upTo(32), upTo(32));
      }),
  );
  return { key, columns };
}

/** @type {(one: Placed, other: Placed) => boolean} */
const overlap = (one, other) =>
  one.left < other.left + other.width && other.left < one.left + one.width &&
  one.top < other.top + other.height && other.top < one.top + one.height;

/** @type {(lane: Lane, box: Placed) => Box | undefined} */
const boxOf = (lane, { name }) => lane.columns.flat().find((box) => box.name === name);

Deno.test("of any graphs, in any room, boxes are inside their lane, none lies over another, and zooms are whole", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomFrom(seed);
    const lanes = Array.from({ length: 1 + (seed % 2) }, (_, i) => randomLane(random, String(i)));
    const room = {
      width: 600 + random() * 1400,
      height: 400 + random() * 900,
      ratio: [1, 1.25, 1.5, 2, 3][seed % 5],
      answer: 100 + random() * 100,
    };
    const laid = layLanes(lanes, room);
    assert.equal(laid.length, lanes.length);
    laid.forEach(({ boxes, width, height, top }, i) => {
      assert.ok(
        top >= i * TITLE && top + TITLE + height <= room.height + 1e-6,
        `lane ${i} of ${seed} is inside`,
      );
      for (const box of boxes) {
        assert.ok(Number.isInteger(box.zoom) && box.zoom >= 1, `${box.zoom} device pixels`);
        assert.ok(
          box.left >= 0 && box.left + box.width <= width - room.answer + 1e-6,
          `${box.name} of ${seed} is inside`,
        );
        assert.ok(box.top >= 0, `${box.name} of ${seed} is below the title`);
        const own = boxOf(lanes[i], box);
        assert.ok(!own || box.across * box.down >= own.count, `${box.name} of ${seed} has room for all`);
        for (const other of boxes) {
          assert.ok(box === other || !overlap(box, other), `${box.name} over ${other.name}, ${seed}`);
        }
      }
      assert.deepEqual(
        boxes.map(({ name }) => name).filter((name) => name !== "lens").sort(),
        lanes[i].columns.flat().map(({ name }) => name).sort(),
      );
    });
    assert.equal(laid[0].boxes.filter(({ name }) => name === "lens").length, 1);
  }
});

Deno.test("the article's pair stands on a projector as a whole, its maps twice as large as their cells", () => {
  for (const ratio of [1, 1.5, 2]) {
    const [cnn, fcn] = layLanes([CNN, FCN], { ...PROJECTOR, ratio });
    for (const lane of [cnn, fcn]) {
      assert.ok(lane.width <= PROJECTOR.width);
      for (const { top, height } of lane.boxes) assert.ok(top + height <= lane.height + 1e-6);
    }
    assert.ok(fcn.top + TITLE + fcn.height <= PROJECTOR.height);
    for (const { name, zoom } of cnn.boxes) if (name.startsWith("conv")) assert.equal(zoom, 2 * ratio);
  }
});

Deno.test("bars of classes with names are narrower only where maps then stand twice as large", () => {
  /** @type {(width: number) => [number, number | undefined]} */
  const laid = (width) => {
    const [lane] = layLanes([CNN, FCN], { ...PROJECTOR, width, answer: 196, tight: 138 });
    return [lane.answer, lane.boxes.find(({ name }) => name === "conv2")?.zoom];
  };
  assert.deepEqual(laid(1110), [138, 2]);
  assert.deepEqual(laid(1400), [196, 2]);
  assert.deepEqual(laid(900), [196, 1]); // they would not even then
});

Deno.test("where there is more room all is larger, and in less nothing is lost", () => {
  /** @param {import("../../../assets/js/explore/lane_layout.js").Room} room */
  const zooms = (room) =>
    Object.fromEntries(
      layLanes([CNN, FCN], room).flatMap(({ boxes }) => boxes.map(({ name, zoom }) => [name, zoom])),
    );
  const [small, large] = [zooms(PROJECTOR), zooms({ ...PROJECTOR, width: 1690, height: 1037 })];
  assert.ok(large.conv1 >= 3 && large.conv2 >= 3);
  for (const name of ["conv1", "conv2", "pool", "dense1", "dense2"]) {
    assert.ok(large[name] >= small[name], name);
  }
});

Deno.test("what does not fit is as wide as it has to be, and a lane then scrolls", () => {
  const deep = { key: "deep", columns: Array.from({ length: 40 }, (_, i) => [maps(`conv${i}`, 64, 32)]) };
  const [lane] = layLanes([deep], PROJECTOR);
  assert.ok(lane.width > PROJECTOR.width);
  for (const { top, height } of lane.boxes) assert.ok(top + height <= lane.height + 1e-6);
});

Deno.test("before a lane that scrolls stands the lens, which stays, and names get no room that makes it wider", () => {
  /** @param {number} narrowest */
  const deep = (narrowest) => ({
    key: "deep",
    columns: Array.from({ length: 40 }, (_, i) => [{ ...maps(`conv${i}`, 8, 16), narrowest }]),
  });
  const [{ boxes: [lens, first, second], width }] = layLanes([deep(140)], PROJECTOR);

  assert.equal(lens.name, "lens");
  assert.equal(lens.left, 0);
  assert.ok(first.left >= lens.width && second.left > first.left);
  assert.equal(width, layLanes([deep(0)], PROJECTOR)[0].width);
});

Deno.test("a name has the room that it asks for where all fits then", () => {
  const named = { key: "b", columns: [[{ ...units("dense", 3), narrowest: 130 }]] };
  const [, { boxes }] = layLanes([CNN, named], PROJECTOR);

  assert.equal(boxes[0].width, 130);
});

Deno.test("a layer whose maps need too much shows the first of them, the rest below", () => {
  const large = {
    key: "large",
    columns: [[maps("wide", 64, 224)], [maps("tall", 3, 900, 90)], [maps("small", 8, 16)]],
  };
  const [lane] = layLanes([large], PROJECTOR);
  const [wide, tall, small] = ["wide", "tall", "small"].map((
    name,
  ) => /** @type {Placed} */ (lane.boxes.find((box) => box.name === name)));

  assert.ok(wide.width <= 0.6 * PROJECTOR.width);
  assert.ok(wide.across * wide.down >= 64);
  const rows = Math.floor((wide.height - HEAD + 1) / 225);
  assert.equal(wide.seen, wide.across * rows);
  assert.equal(wide.zoom, 1);
  assert.ok(tall.height <= lane.height);
  assert.equal(small.seen, 8);
});

Deno.test("two lanes of many large maps share the height, though neither has room for all of its maps", () => {
  /** @type {(key: string) => Lane} */
  const large = (key) => ({
    key,
    columns: [[maps("conv1", 128, 32)], [maps("conv2", 128, 32)], [maps("pool", 128, 16)], [
      units("out", 10),
    ]],
  });
  for (const room of [{ ...PROJECTOR, height: 652 }, { ...PROJECTOR, width: 1242, height: 832 }]) {
    const laid = layLanes([large("a"), large("b")], room);
    for (const { top, height, boxes } of laid) {
      assert.ok(top + TITLE + height <= room.height && height >= 0.4 * room.height, `${height} px`);
      for (const box of boxes) assert.ok(box.top + box.height <= height + 1e-6);
      for (const { seen, across, down } of boxes.slice(1)) assert.ok(seen >= 0.7 * across * down);
    }
  }
});

Deno.test("branches of a step stand below each other, at the same place of the way", () => {
  const lane = {
    key: "b",
    columns: [[maps("stem", 6, 12, 20)], [maps("wide", 5, 6, 10), maps("pooled", 6, 6, 10)], [
      units("mean", 11),
    ]],
  };
  const [{ boxes }] = layLanes([lane], PROJECTOR);
  const at = Object.fromEntries(boxes.map((box) => [box.name, box]));
  assert.equal(at.wide.left, at.pooled.left);
  assert.ok(at.pooled.top >= at.wide.top + at.wide.height + GAP);
  assert.ok(at.stem.left < at.wide.left && at.wide.left < at.mean.left);
});

Deno.test("on a telephone layers stand below each other, a map's cell is a pixel, and nothing is wider than the screen", () => {
  const laid = layNarrow([CNN, FCN], { ...PROJECTOR, width: 370, height: 0, ratio: 2 });
  for (const { boxes } of laid) {
    let end = 0;
    for (const { name, left, top, width, height, zoom, across, down } of boxes) {
      assert.equal(left, 0);
      assert.equal(top, end);
      assert.ok(width <= 370 && height > HEAD && across * down >= 1);
      if (name.startsWith("conv")) assert.equal(zoom, 2);
      end = top + height + GAP;
    }
  }
});
