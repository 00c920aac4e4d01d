"use strict";

/** An answer of an HTTP API: a status and a JSON body. */
exports.reply = (statusCode, body, headers = {}) => ({
  statusCode,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
