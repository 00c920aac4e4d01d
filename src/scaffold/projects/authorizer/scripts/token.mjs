// Makes a token for one hour: node scripts/token.mjs SUBJECT [SCOPE…]
//
// The private key is made with the first token and stays in the file `token-key.pem`, which Git does not keep.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const file = new URL("../token-key.pem", import.meta.url);
const [sub, ...scopes] = process.argv.slice(2);
if (!sub) {
  console.error("usage: node scripts/token.mjs SUBJECT [SCOPE…]");
  process.exit(2);
}
if (!existsSync(file)) {
  const pem = { type: "pkcs8", format: "pem" };
  writeFileSync(file, generateKeyPairSync("ed25519").privateKey.export(pem), { mode: 0o600 });
}

const key = createPrivateKey(readFileSync(file));
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const exp = Math.floor(Date.now() / 1000) + 3600;
const signed = `${part({ alg: "EdDSA", typ: "JWT" })}.${part({ sub, scope: scopes.join(" "), aud: "api", exp })}`;
const spki = createPublicKey(key).export({ type: "spki", format: "der" });
console.log("TokenPublicKey:", spki.toString("base64"));
console.log(`Authorization: Bearer ${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`);
