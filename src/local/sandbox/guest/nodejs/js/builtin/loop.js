// The event loop: timers, immediates, `process.nextTick`, and the only place that waits.
//
// The engine runs promise jobs by itself, whenever no JavaScript is on the stack. What remains is to call
// callbacks one at a time and to let all jobs run in between, which a script cannot do alone: waiting for
// the host for no time does it (see `pause`).

import host from "hoist:host";

const { apply } = Reflect;
const then = Promise.prototype.then;
const resolved = Promise.resolve();
const { floor, max, trunc } = Math;

/** Longest delay of a timer in ms, as in Node; longer ones become 1. */
const TIMEOUT_MAX = 2 ** 31 - 1;
/** How long a sleep without a timer lasts, in ms. */
const FOREVER = 86_400_000;

let uncaught = (error) => {
  throw error;
};

/** Says who hears of exceptions that no one catches. */
export function onUncaught(listener) {
  uncaught = listener;
}

let unhandled = uncaught;

/** Says who hears of rejections that no one handles. */
export function onUnhandled(listener) {
  unhandled = listener;
}

const NativePromise = Promise;

/**
 * Calls a callback whose result no one takes. When it is async, its promise is ours alone: a rejection is
 * unhandled. Of other promises the engine does not say whether anyone handles them.
 */
function runCallback(run) {
  const result = run();
  if (result instanceof NativePromise) apply(then, result, [undefined, (reason) => unhandled(reason, result)]);
}

/** What a callback shall see again of the context it was made in (AsyncLocalStorage), if there is any. */
export const context = {
  capture: undefined,
  restore: undefined,
};

// ---- time

let now = -1;

/** Time in whole ms, the same during one turn of the loop, as in Node. */
function loopTime() {
  if (now < 0) now = floor(host.monotonic());
  return now;
}

/** Makes the next look at the clock a real one. */
export function newTurn() {
  now = -1;
}

// ---- timers: a binary heap by due time, then by age

const heap = [];
let sequence = 0;
let referenced = 0;

function before(one, other) {
  return one.due < other.due || (one.due === other.due && one.sequence < other.sequence);
}

function place(timer, index) {
  heap[index] = timer;
  timer.index = index;
}

function rise(timer, index) {
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!before(timer, heap[parent])) break;
    place(heap[parent], index);
    index = parent;
  }
  place(timer, index);
}

function sink(timer, index) {
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
    if (!before(heap[child], timer)) break;
    place(heap[child], index);
    index = child;
  }
  place(timer, index);
}

/** Puts a timer into the heap, `delay` ms from now. */
export function schedule(timer) {
  timer.due = loopTime() + timer.delay;
  timer.sequence = sequence++;
  if (timer.index === -1) {
    if (timer.ref) referenced++;
    heap.length++;
    rise(timer, heap.length - 1);
  } else {
    const { index } = timer;
    rise(timer, index);
    if (timer.index === index) sink(timer, index);
  }
  // A promise job that ran while the loop already waited.
  if (asleep && timer.due < asleepUntil) wake();
}

/** Takes a timer out of the heap, if it is in it. */
export function unschedule(timer) {
  const { index } = timer;
  if (index === -1) return;
  timer.index = -1;
  if (timer.ref) referenced--;
  const last = heap[heap.length - 1];
  heap.length--;
  if (last === timer) return;
  rise(last, index);
  if (last.index === index) sink(last, index);
}

/** Sets whether a timer keeps the loop alive. */
export function setRef(timer, ref) {
  if (timer.ref === ref) return;
  timer.ref = ref;
  if (timer.index !== -1) referenced += ref ? 1 : -1;
}

/** A delay as Node reads it: whole ms, at least 1. */
export function delayOf(value) {
  const delay = +value;
  return delay >= 1 && delay <= TIMEOUT_MAX ? trunc(delay) : 1;
}

// ---- immediates

let immediates = [];
let referencedImmediates = 0;

/** Adds an immediate: { run, ref, done }. */
export function scheduleImmediate(immediate) {
  immediates[immediates.length] = immediate;
  if (immediate.ref) referencedImmediates++;
  wake();
}

/** Forgets an immediate that has not run. */
export function unscheduleImmediate(immediate) {
  if (immediate.done) return;
  immediate.done = true;
  if (immediate.ref) referencedImmediates--;
}

/** Sets whether an immediate keeps the loop alive. */
export function setImmediateRef(immediate, ref) {
  if (immediate.ref === ref || immediate.done) return;
  immediate.ref = ref;
  referencedImmediates += ref ? 1 : -1;
}

// ---- process.nextTick

/**
 * How many jobs a tick that is queued from a job lets pass. Node runs ticks when no job is left, which a
 * script cannot see; chains longer than this come after the tick here.
 */
const JOBS_BEFORE_TICKS = 4;

let ticks = [];
let inCallback = 0;
let jobsToPass = 0;

/** Queues a tick; `run` is called without arguments. */
export function nextTick(run) {
  ticks[ticks.length] = run;
  // After a callback the ticks run at once; from a promise job they need a job of their own.
  if (inCallback === 0 && jobsToPass === 0) {
    jobsToPass = JOBS_BEFORE_TICKS;
    apply(then, resolved, [passJob]);
  }
}

function passJob() {
  if (--jobsToPass > 0) apply(then, resolved, [passJob]);
  else drainTicks();
}

/** Runs all ticks, those they add too. */
function drainTicks() {
  while (ticks.length > 0) {
    const batch = ticks;
    ticks = [];
    for (let index = 0; index < batch.length; index++) {
      try {
        inCallback++;
        runCallback(batch[index]);
      } catch (error) {
        uncaught(error);
      } finally {
        inCallback--;
      }
    }
  }
}

/** Calls `run` as the loop calls callbacks: exceptions are reported, ticks run afterwards. */
export function callback(run) {
  inCallback++;
  try {
    runCallback(run);
  } catch (error) {
    uncaught(error);
  } finally {
    inCallback--;
  }
  if (inCallback === 0 && ticks.length > 0) drainTicks();
}

/** `queueMicrotask` of Node: exceptions are uncaught exceptions. */
export function queueJob(run) {
  const restore = context.capture?.();
  apply(then, resolved, [
    () => {
      try {
        if (restore === undefined) runCallback(run);
        else runCallback(() => context.restore(restore, run));
      } catch (error) {
        uncaught(error);
      }
    },
  ]);
}

// ---- the loop

let asleep = false;
/** When the wait under way ends by itself, in ms of `loopTime`. */
let asleepUntil = 0;

/** Lets all promise jobs run, then waits up to `ms` milliseconds or until `wake`. */
async function pause(ms) {
  const sleeping = host.sleep(ms <= 0 ? FOREVER : ms);
  // Woken only now that it is under way: a sleep that ends at once does not let other jobs run.
  if (ms <= 0) {
    host.wake();
  } else {
    asleep = true;
    asleepUntil = floor(host.monotonic()) + ms;
  }
  await sleeping;
  asleep = false;
  now = -1;
}

/** Ends the wait under way: something is there that the loop should look at. */
export function wake() {
  if (asleep) {
    asleep = false;
    host.wake();
  }
}

let operations = 0;

/** Counts work that the host does and that will call back: it keeps the loop alive. */
export function hold() {
  operations++;
}
export function release() {
  operations--;
  wake();
}

/** What the host does for the network: how many requests are open, and what tells of their events. */
export const network = {
  open: 0,
  /** Gives callbacks for what happened since the last call. */
  events: () => [],
  /** Those that an invocation's end left over. */
  later: [],
};

/** Calls back for every event of the network, one at a time. */
async function runNetwork(done) {
  const events = network.later.concat(network.events());
  network.later = [];
  if (events.length > 0) await pause(0);
  for (let index = 0; index < events.length; index++) {
    if (index > 0) await pause(0);
    callback(events[index]);
    if (done() && index + 1 < events.length) {
      network.later = events.slice(index + 1);
      return;
    }
  }
}

/** Whether something is left that could still happen. */
export function isAlive() {
  return referenced > 0 || referencedImmediates > 0 || operations > 0;
}

/** Runs one due timer; false when none is due. */
function runTimer() {
  const timer = heap[0];
  if (timer === undefined || timer.due > loopTime()) return false;
  if (timer.repeat) {
    callback(timer.run);
    // Cleared or refreshed by itself otherwise.
    if (timer.index !== -1 && timer.due <= loopTime()) schedule(timer);
  } else {
    unschedule(timer);
    callback(timer.run);
  }
  return true;
}

/** Runs the immediates that are queued now; those they add wait for the next turn. */
async function runImmediates(done) {
  const batch = immediates;
  immediates = [];
  for (let index = 0; index < batch.length; index++) {
    const immediate = batch[index];
    if (immediate.done) continue;
    immediate.done = true;
    if (immediate.ref) referencedImmediates--;
    callback(immediate.run);
    if (index + 1 < batch.length) await pause(0);
    if (done()) {
      immediates = batch.slice(index + 1).concat(immediates);
      return;
    }
  }
}

function untilNext() {
  if (immediates.length > 0) return 0;
  if (heap.length > 0) return max(0, heap[0].due - floor(host.monotonic()));
  return operations > 0 ? FOREVER : 0;
}

/** Whether immediates are queued. */
export function hasImmediates() {
  return immediates.length > 0;
}

/** Whether anything waits that could run at once. */
export function hasDue() {
  return immediates.length > 0 || network.open > 0 || (heap.length > 0 && heap[0].due <= loopTime());
}

/** One turn of the loop: timers that are due, then the network, then immediates. */
export async function runDue(done) {
  const turn = loopTime();
  while (heap.length > 0 && heap[0].due <= turn && runTimer()) {
    if (heap.length > 0 && heap[0].due <= turn) await pause(0);
    if (done()) return;
  }
  if (network.open > 0) {
    await runNetwork(done);
    if (done()) return;
  }
  if (immediates.length > 0) await runImmediates(done);
}

/**
 * Turns the loop until `done()` or until nothing is left that could still happen.
 * Gives whether it was `done`.
 */
export async function run(done) {
  // A loop that nothing keeps alive still lets all jobs run before it says so.
  await pause(isAlive() ? untilNext() : 0);
  for (;;) {
    if (done()) return true;
    if (!isAlive()) return false;
    await runDue(done);
    if (done()) return true;
    await pause(isAlive() ? untilNext() : 0);
  }
}
