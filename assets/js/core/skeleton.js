/** What stands on the page from the start and is no component of Dash: it came in the document, in templates. */
import { byId } from "./element.js";

/** Put every template into its place, which Dash has made. */
export function fillPlaces() {
  for (const template of document.querySelectorAll("template")) {
    byId(template.dataset.place ?? "").append(template.content);
  }
}
