// `node:test`: the test runner is not for functions.

import { throwing, throwingAll } from "hoist:unavailable";

const WHY = "run tests with node --test";
const test = throwing("test", "test", WHY);
export default Object.assign(test, throwingAll("test", "skip todo only after afterEach before beforeEach describe it run suite", WHY), {
  test,
  mock: throwingAll("test.mock", "fn method getter setter reset restoreAll module property", WHY),
});
