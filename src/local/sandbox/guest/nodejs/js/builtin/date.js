// `Date` where the engine departs from the language: its setters answer NaN and leave the date as it was.

import { labelNative } from "hoist:stack";

const { apply, defineProperty } = Reflect;
const prototype = Date.prototype;
const { setTime } = prototype;

for (const part of ["Milliseconds", "Seconds", "Minutes", "Hours", "Date", "Month", "FullYear"]) {
  for (const name of [`set${part}`, `setUTC${part}`]) correct(name);
}
correct("setYear");

function correct(name) {
  const native = prototype[name];
  const method = {
    [name](...values) {
      const time = apply(native, this, values);
      // Only an invalid date is not equal to itself.
      if (time !== time) apply(setTime, this, [NaN]);
      return time;
    },
  }[name];
  labelNative(method, `Date.${name}`);
  defineProperty(method, "length", { value: native.length, configurable: true });
  defineProperty(prototype, name, { value: method, writable: true, enumerable: false, configurable: true });
}
