/** What went wrong, as a sentence for whoever is at the page. */

export class Problem extends Error {
  /**
   * @param {string} sentence
   * @param {{status?: number, retry?: number}} answer status of the server's answer, 0 where there was none; and seconds
   *   after which to ask again, 0 for never
   */
  constructor(sentence, { status = 0, retry = 0 } = {}) {
    super(sentence);
    this.status = status;
    this.retry = retry;
  }
}
