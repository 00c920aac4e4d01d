import { answer } from "./answer.js";

export const handler = async (): Promise<number> => answer satisfies number;
