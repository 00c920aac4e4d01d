import { reply } from "./http.mjs";

/** GET /health */
export const handler = async () => reply(200, { status: "ok", region: process.env.AWS_REGION });
