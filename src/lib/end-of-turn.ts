type Work = () => void;

const urgent: Work[] = [];
const others: Work[] = [];
let isDue = false;

/**
 * Does something once all has been read that the kernel had to tell in this turn of the event loop: in its check phase, as
 * `setImmediate` does (https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick). What is urgent comes
 * before what is not, in the order of the calls. What is asked for meanwhile is for the next turn.
 */
export function atEndOfTurn(work: Work, isUrgent = false): void {
  (isUrgent ? urgent : others).push(work);
  if (isDue) return;
  isDue = true;
  setImmediate(end);
}

function end(): void {
  isDue = false;
  const works = [...urgent.splice(0), ...others.splice(0)];
  for (const work of works) {
    try {
      work();
    } catch (error) {
      // As uncaught as by itself, but the others are done.
      setImmediate(() => {
        throw error;
      });
    }
  }
}
