import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { beforeEach, mock, test } from "node:test";
import { handler } from "../src/authorizer.mjs";
import { handler as me } from "../src/me.mjs";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const inAnHour = Math.floor(Date.now() / 1000) + 3600;

const token = (claims = {}, header = {}) => {
  const payload = { sub: "ada", scope: "read write", aud: "api", exp: inAnHour, ...claims };
  const signed = `${part({ alg: "EdDSA", ...header })}.${part(payload)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
};

const ask = (authorization) => handler({ rawPath: "/me", headers: { authorization } });

beforeEach(() => {
  process.env.TOKEN_PUBLIC_KEY = publicKey.export({ type: "spki", format: "der" }).toString("base64");
  process.env.TOKEN_AUDIENCE = "api";
  mock.method(console, "warn", () => {});
});

test("who has a good token is let in, and named", async () => {
  const expected = { isAuthorized: true, context: { sub: "ada", scope: "read write" } };
  assert.deepEqual(await ask(`Bearer ${token()}`), expected);
  assert.deepEqual(await ask(`bearer ${token()}`), expected);
});

test("any other token is refused", async () => {
  const [header, payload, signature] = token().split(".");
  const [, other] = token({ sub: "eve" }).split(".");
  for (const authorization of [
    undefined,
    "",
    "Bearer",
    token(),
    `Basic ${token()}`,
    "Bearer a.b.c",
    `Bearer ${header}.${payload}`,
    `Bearer ${header}.${payload}.`,
    `Bearer ${header}.${other}.${signature}`,
    `Bearer ${token({}, { alg: "none" })}`,
    `Bearer ${token({ exp: 1 })}`,
    `Bearer ${token({ exp: undefined })}`,
    `Bearer ${token({ aud: "another" })}`,
    `Bearer ${token({ sub: undefined })}`,
  ]) {
    assert.deepEqual(await ask(authorization), { isAuthorized: false }, authorization);
  }
});

test("without a key nobody is let in", async () => {
  delete process.env.TOKEN_PUBLIC_KEY;
  assert.deepEqual(await ask(`Bearer ${token()}`), { isAuthorized: false });
});

test("the function behind knows who is asking", async () => {
  const authorizer = { lambda: { sub: "ada", scope: "read write" } };
  const answer = await me({ requestContext: { authorizer } });
  assert.deepEqual(JSON.parse(answer.body), { user: "ada", scopes: ["read", "write"] });
});
