// `node:sqlite`: there is no SQLite in the sandbox.

import { throwingAll, throwingClasses } from "hoist:unavailable";

export default {
  ...throwingClasses("sqlite", "DatabaseSync StatementSync Session"),
  ...throwingAll("sqlite", "backup"),
  constants: {},
};
