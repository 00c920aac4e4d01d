import { createPublicKey, verify } from "node:crypto";

/** Why a token is not taken. */
export class Refused extends Error {}

/**
 * The claims of a JSON Web Token that was signed with Ed25519 and holds at `now` (in seconds) for `audience`.
 *
 * Throws Refused for any other. `publicKey` is in base64, as `scripts/token.mjs` prints it.
 */
export const claimsOf = (token, { publicKey, audience, now }) => {
  if (!publicKey) throw new Refused("there is no key to check tokens with");
  const [header, payload, signature, ...rest] = token.split(".");
  if (!signature || rest.length > 0) throw new Refused("it is no token");
  // The algorithm is ours to say, not the token's.
  if (decoded(header)?.alg !== "EdDSA") throw new Refused("it is not signed with EdDSA");
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  if (!verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"))) {
    throw new Refused("its signature is wrong");
  }
  const claims = decoded(payload);
  if (typeof claims?.sub !== "string") throw new Refused("it names nobody");
  if (claims.aud !== audience) throw new Refused("it is meant for somebody else");
  if (typeof claims.exp !== "number" || claims.exp <= now) throw new Refused("it has expired");
  return claims;
};

const decoded = (part) => {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    throw new Refused("it is no token");
  }
};
