"use strict";

const { randomUUID } = require("node:crypto");
const { reply } = require("./reply");

const maxTitleLength = Number(process.env.MAX_TITLE_LENGTH);

/** The JSON in a request's body, or undefined. Binary clients send it in base64. */
const parseBody = ({ body, isBase64Encoded }) => {
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body);
  } catch {
    return undefined;
  }
};

/** POST /notes {"title": "…", "text": "…"} */
exports.create = async (event) => {
  const { title, text = "" } = parseBody(event) ?? {};
  if (typeof title !== "string" || title === "" || title.length > maxTitleLength) {
    return reply(400, { message: `title must be a string of 1 to ${maxTitleLength} characters` });
  }
  const id = randomUUID();
  const createdAt = new Date(event.requestContext.timeEpoch).toISOString();
  return reply(201, { id, title, text, createdAt }, { location: `/notes/${id}` });
};
