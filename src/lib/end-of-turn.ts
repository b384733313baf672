type Work = () => void;

const urgent: Work[] = [];
const others: Work[] = [];
let isDue = false;

/**
 * Runs tasks after the kernel's events of this turn of the event loop have been read: in its check phase, as `setImmediate`
 * (https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick). Urgent tasks run first. Tasks that
 * are added meanwhile run in the next turn.
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
      // Stays an uncaught error, but the other tasks run.
      setImmediate(() => {
        throw error;
      });
    }
  }
}
