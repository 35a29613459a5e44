import assert from "node:assert/strict";
import { selected } from "../page.js";
import {
  changesQuery,
  fromLink,
  isPage,
  linkTo,
  mailAddress,
  pictureAddress,
} from "../../../assets/js/core/address.js";

Deno.test("what is at its default is left out, but for the digit", () => {
  assert.equal(linkTo(selected()), "./?digit=7");
  assert.equal(linkTo(selected({ page: "compare" })), "compare");
});

Deno.test("the network is named with its layer unless it is the one that is shown alone", () => {
  const inspected = { layer: "cnn-small.conv", filter: 2, cell: [3, 4] };

  assert.equal(linkTo(selected(inspected)), "./?digit=7&layer=cnn-small.conv&filter=2&cell=3,4");
  const alone = selected({ ...inspected, model: "cnn-small" });
  assert.equal(linkTo(alone), "./?digit=7&model=cnn-small&layer=conv&filter=2&cell=3,4");
});

Deno.test("a slice that is the first is no default", () => {
  const link = linkTo(selected({ layer: "fcn.output", filter: 0, slice: 0, against: 0 }));

  assert.equal(link, "./?digit=7&layer=fcn.output&filter=0&slice=0&against=0");
});

Deno.test("what is chosen on the wall stands in the address, what is not does not", () => {
  const wall = { ...selected().wall, label: 0, wrong: "fcn" };

  assert.equal(linkTo(selected({ wall })), "./?digit=7&label=0&wrong=fcn");
});

Deno.test("a picture's address says what is off, done and compared, in that order", () => {
  const selection = selected({ off: "fcn.dense:1,fcn.dense:2", perturb: "rotation:15", reference: 3 });

  const query = "off=fcn.dense%3A1%2Cfcn.dense%3A2&perturb=rotation:15&reference=3";
  assert.equal(pictureAddress(selection), `pictures/v1/fcn,cnn-small/7/post.bin?${query}`);
  assert.equal(pictureAddress(selected()), "pictures/v1/fcn,cnn-small/7/post.bin");
});

Deno.test("a page to mail is of what a link to Explore would show", () => {
  const selection = selected({ layer: "cnn-small.conv", filter: 2, cell: [3, 4], perturb: "rotation:15" });

  const query = "digit=7&perturb=rotation:15&layer=cnn-small.conv&filter=2&cell=3,4";
  assert.equal(mailAddress(selection), `api/page.html?${query}`);
});

Deno.test("a pinned digit stands in the address, and its picture is its own", () => {
  const pinned = selected({ reference: 7 });

  assert.equal(linkTo(pinned), "./?digit=7&reference=7");
  assert.equal(pictureAddress(pinned), pictureAddress(selected()));
  const moved = selected({ reference: 7, perturb: "rotation:15" });
  assert.match(pictureAddress(moved), /\?perturb=rotation:15&reference=7$/);
});

Deno.test("a tensor's address says only what is off in its own network", () => {
  const selection = selected({ off: "fcn.dense:1,cnn-small.conv:2" });

  assert.equal(changesQuery(selection, "fcn"), "&off=fcn.dense%3A1");
  assert.equal(changesQuery(selected(), "fcn"), "");
});

Deno.test("what is in the table of filters stands in its own page's address alone", () => {
  const table = { layer: "cnn-small.conv", fate: "always-on", find: "map 3&", sort: "-mean" };

  const query = "fate=always-on&find=map%203%26&sort=-mean";
  assert.equal(linkTo(selected({ page: "filters" })), "filters");
  assert.equal(linkTo(selected({ page: "filters", table })), `filters?layer=cnn-small.conv&${query}`);
  const alone = selected({ page: "filters", table, model: "cnn-small", layer: "cnn-small.conv", filter: 2 });
  assert.equal(linkTo(alone), `filters?model=cnn-small&layer=conv&${query}`);
  assert.equal(linkTo(selected({ table })), "./?digit=7");
  assert.equal(linkTo(selected({ page: "compare", table })), "compare");
});

Deno.test("one of our links from Compare is read back", () => {
  const query = new URLSearchParams("digit=3&pair=fcn,other&label=9&wrong=fcn");
  const change = fromLink(query, selected());

  assert.deepEqual([change.digit, change.pair, change.model], [3, ["fcn", "other"], "both"]);
  assert.deepEqual([change.wall?.label, change.wall?.wrong, change.wall?.sort], [9, "fcn", "index"]);
  assert.equal(fromLink(new URLSearchParams(""), selected()).digit, 7);
});

Deno.test("the pages lie in the folder of the document, whatever a proxy puts before it", () => {
  const here = "https://hub.example.org/user/ada/proxy/8050/compare?pair=a,b";
  /** @param {string} link */
  const leads = (link) => isPage(new URL(link, here), here);

  assert.deepEqual(["./?digit=7", "compare", "filters#top"].map(leads), [true, true, true]);
  assert.deepEqual(["/", "/compare", "words", "https://else.example.org/"].map(leads), [
    false,
    false,
    false,
    false,
  ]);
});
