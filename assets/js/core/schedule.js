/** When something is done: one at a time, or after the next frame. */

/**
 * Return a function that acts on what it is given: one at a time, and after it on the newest, which waits as its `next`.
 * @param {(given: any) => any} act
 */
export function oneAtATime(act) {
  let running = false;
  /** @type {((given: any) => Promise<void>) & {next: any}} */
  const run = async function (given) {
    run.next = given;
    if (running) return;
    running = true;
    try {
      while (run.next !== null) {
        const newest = run.next;
        run.next = null;
        await act(newest);
      }
    } finally {
      running = false;
    }
  };
  run.next = null;
  return run;
}

/**
 * Do what nobody sees once the picture is on the screen.
 * @param {() => void} act
 */
export const afterFrame = (act) => requestAnimationFrame(() => setTimeout(act));
