"use strict";

const { reply } = require("./reply");

const greetings = { en: "Hello", fr: "Bonjour", es: "Hola" };

/** GET /hello/{name}?lang=fr */
exports.handler = async (event) => {
  const { name } = event.pathParameters;
  const language = event.queryStringParameters?.lang ?? process.env.DEFAULT_LANGUAGE;
  const greeting = greetings[language];
  if (!greeting) {
    return reply(400, { message: `no greeting in "${language}"`, languages: Object.keys(greetings) });
  }
  console.log("greeting", { name, language });
  return reply(200, { message: `${greeting}, ${name}!` });
};
