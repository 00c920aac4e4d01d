import { claimsOf, Refused } from "./token.mjs";

/** Lets in who shows a good token, and says to the function behind whose it is. */
export const handler = async (event) => {
  const [scheme, token = ""] = (event.headers?.authorization ?? "").split(" ");
  try {
    if (scheme.toLowerCase() !== "bearer") throw new Refused("the header has no bearer token");
    const { sub, scope = "" } = claimsOf(token, {
      publicKey: process.env.TOKEN_PUBLIC_KEY,
      audience: process.env.TOKEN_AUDIENCE,
      now: Date.now() / 1000,
    });
    return { isAuthorized: true, context: { sub, scope } };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.warn({ message: "refused", reason: error.message, path: event.rawPath });
    return { isAuthorized: false };
  }
};
