import { reply, type Answer } from "./http.ts";

/** GET /health */
export const handler = async (): Promise<Answer> => reply(200, { status: "ok", region: process.env.AWS_REGION });
